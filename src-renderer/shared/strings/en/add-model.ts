/** Texts about taking in model files of one's own. */
export const addModel = {
  'addModel.title': 'Add a model file',
  'addModel.note':
    'Drop an ONNX file here, or the files of one model with a stem each. Most are recognised; the others need an answer or two.',
  'addModel.choose': 'Choose files…',
  'addModel.reading': 'Reading {name}…',
  'addModel.ready': '{name}: run as {preset}. Stems: {stems}. Licence: {licence}.',
  'addModel.questions': '{name} does not say everything that is needed to run it:',
  'addModel.add': 'Try it and add it',
  'addModel.trying': 'Trying it on ten seconds…',
  'addModel.added':
    '{name} was added. It took {took} s for {seconds} s of sound, and the residual of its stems is at {rest} dB.',
  'addModel.cancel': 'Cancel',
  'addModel.nFft': 'FFT size (n_fft)',
  'addModel.hop': 'Hop size',
  'addModel.stems': 'Stems, in the order of the network',
  'addModel.output': 'What the network outputs',
  'addModel.preset': 'Family',
  'addModel.mask': 'Masks',
  'addModel.spectrum': 'Spectra of the stems',
  'addModel.magnitude': 'Magnitudes of the stems',
} as const;
