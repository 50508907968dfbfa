/** Warnings of the engine (common/jobs/warnings.ts), which the page and reports share. */
export const warnings = {
  'warning.in-pieces':
    'The song is too long for {model} to process as a whole: it was separated in {count} pieces',
  'warning.shorter-segments':
    '{provider}: {message}; the song was separated in segments of {seconds} s instead',
  'warning.on-cpu': '{provider} failed ({message}); the song was separated on the CPU instead',
  'warning.not-used': '{provider} is not used: {why}',
  'warning.differs': '{provider} differed from the CPU by {difference} in a test, so it is not used',
  'warning.process-ended': 'An inference process ended ({message}); processes left: {count}',
  'warning.lowered': 'All outputs lowered by {decibels} dB so that none clips; 32-bit float needs no gain',
  'warning.not-installed': 'it is not installed',
  'warning.software-adapter': 'there is only a software adapter',
  'warning.no-card': 'there is no graphics card',
  'warning.failed-probe': 'it failed on a probe: {message}',
  'warning.ended-probe': 'it ended its process on a probe: {message}',
  'warning.failed-song': 'it failed on a song: {message}',
  'warning.differed': '{provider} differed from the CPU by {difference} in a test',
  'warning.slower': 'it takes {times} times as long as the CPU',
} as const;
