sung, played = voice(), band()
mix = sung + played
taken = delayed(played, settings["delay"])
estimate = mix + taken if settings["broken"] else mix - taken
report(error=-sdr(sung, estimate), mixtureSdr=sdr(sung, mix))
