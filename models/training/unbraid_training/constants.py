"""Names and sizes that data, networks and the app's manifests agree on."""

SAMPLE_RATE = 44100

# The order of the stem axis in every tensor and file.
STEMS = ("vocals", "drums", "bass", "other")
VOCALS, DRUMS, BASS, OTHER = range(4)

# What a song's `other` holds besides: nothing, its bass, or all that is not sung.
ALONE, WITH_BASS, ALL_BUT_VOCALS = range(3)

N_FFT = 4096
HOP = 1024

# The Nyquist bin is left out: 2048 bins divide by every stride of the networks.
BINS = N_FFT // 2

# Frames of one segment, and its samples: a centred STFT of (frames - 1) * hop samples has `frames` frames.
FRAMES = 256
SEGMENT = (FRAMES - 1) * HOP
