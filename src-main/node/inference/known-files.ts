/** What is known of a file by its SHA-256; MDX-Net's files have a separate table. */
export interface KnownFile {
  readonly name: string;
  /** In the order of its graph. */
  readonly stems: readonly string[];
  /** Of the weights, and who said so. */
  readonly licence: string;
}

const openUnmix = 'MIT (Zenodo 3370489)';
const demucs = 'research only (facebookresearch/demucs#327)';
const spleeter = 'MIT by its paper (deezer/spleeter#898 and #959 are open)';
const four = ['drums', 'bass', 'other', 'vocals'];
const six = [...four, 'guitar', 'piano'];

export const knownFiles: Readonly<Record<string, KnownFile>> = {
  '98228931494151762a1c4ab1ec7899a894b1f81fd4a509921a9d2f9bacc50845': {
    ...{ name: 'SCNet', stems: four, licence: 'MIT (the author, starrytong/SCNet#35)' },
  },
  d1297b08e1849f0264da64d995d7489d85e07160b659ccce19b55b7e553ff854: {
    ...{ name: 'umxhq', stems: ['vocals'], licence: openUnmix },
  },
  b5472fe5f683cfa27e44caa82859984400788e4dd8ea7602a721fa4ea365e8c2: {
    ...{ name: 'umxhq', stems: ['drums'], licence: openUnmix },
  },
  cb9d14b180ed2e7dcf1c76acfa96cc373f6228c71b80a0f3096e282e9106c040: {
    ...{ name: 'umxhq', stems: ['bass'], licence: openUnmix },
  },
  '2650bc0def77e52de6ffeb32c5bb6063e84896e80a32cc33e53ebea010a54034': {
    ...{ name: 'umxhq', stems: ['other'], licence: openUnmix },
  },
  da6c48a21f1231eef0ea61dc00e8e4c6e5c29d37f86685323d68de1e6836c4cb: {
    ...{ name: 'umxl', stems: ['vocals'], licence: 'CC BY-NC-SA 4.0' },
  },
  e5e425c17683f163a472462eb5f5a4ffcd11c31858d57fbd0833b012d8b88077: {
    ...{ name: 'HTDemucs', stems: four, licence: demucs },
  },
  d05c269d0178d2a72ad484b10b11dd370193fc923201c3b27a99f848745db70a: {
    ...{ name: 'HTDemucs', stems: four, licence: demucs },
  },
  '68d0bf16428ef66e692cdff8a9ccf28f1ef3f69440d57e58605a4cc55fcc5e74': {
    ...{ name: 'HTDemucs', stems: four, licence: demucs },
  },
  '3d85dad9b53c8a6a16d8d8d0518122c2ca750542f39104dc6ace77372c6dc8a9': {
    ...{ name: 'HTDemucs', stems: four, licence: demucs },
  },
  c3395410b1319976683bc874d97461655a9ea6089bbb0f3bd163d3829db13d02: {
    ...{ name: 'HTDemucs', stems: four, licence: demucs },
  },
  '7ce55792e2231c93fbf92de95f5fd5b3a5e6c89f7db690dfd693e8f1dce56869': {
    ...{ name: 'HTDemucs 6 stems', stems: six, licence: demucs },
  },
  '24cef84aedcd1fe87c0b743ef3370ad34dc1fabf6c9014d6128a75a538c7b668': {
    ...{ name: 'Spleeter', stems: ['vocals'], licence: spleeter },
  },
  d14cea55793cc531a5875f5f4da08207d1c5ab9292e8e0099a104eecb014fcc0: {
    ...{ name: 'Spleeter', stems: ['accompaniment'], licence: spleeter },
  },
  '671ace17acd3720674a2bc14de32ac6292453dec20d9eb0ba4255d4ad8e3d8c0': {
    ...{ name: 'Spleeter', stems: ['accompaniment'], licence: spleeter },
  },
  '1b8afd7780d8a234527748821dee6bc746d346f2088751c12fd48e8c873f625a': {
    ...{
      name: 'Mel-Band RoFormer (Kim)',
      stems: ['vocals'],
      licence: 'disputed: unknown, or MIT by a mirror',
    },
  },
  adcbbb826f12453fbb86652b503242d565a9c81cdef1bca2fe0e54752eba91ef: {
    ...{
      name: 'Mel-Band RoFormer (Kim)',
      stems: ['vocals'],
      licence: 'disputed: unknown, or MIT by a mirror',
    },
  },
};
