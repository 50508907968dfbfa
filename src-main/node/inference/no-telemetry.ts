// ONNX Runtime would keep a number of the machine and notes of each run in the user's cache. It looks for this when it is
// loaded, so this file is imported before it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
