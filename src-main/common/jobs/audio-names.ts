/** Endings that a search takes for audio, or video with audio; a single file may have any name. */
const audioEndings = new Set(
  (
    'wav wave bwf rf64 w64 aif aiff aifc caf au snd flac mp3 mp2 m4a m4b aac alac mp4 m4v mov mkv mka webm ogg oga ' +
    'opus wma asf wmv avi flv ape wv tta tak mpc spx ac3 eac3 dts amr 3gp mpg mpeg ts mts voc'
  ).split(' '),
);

/** Whether a file's name looks like audio; hidden files never do. */
export function isAudioName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return !name.startsWith('.') && dot > 0 && audioEndings.has(name.slice(dot + 1).toLowerCase());
}
