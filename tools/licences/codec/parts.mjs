// What FFmpeg's configure options put into node-av's binary, by option (`--enable-NAME`). What a library is built with is
// named too (`with`), as far as its usual build has it. Licences are those of the projects' own statements.

const part = (licence, by, home, more = {}) => ({ licence, by, home, ...more });

/** Libraries that become part of the binary. */
export const parts = {
  amf: part('MIT', 'Advanced Micro Devices', 'github.com/GPUOpen-LibrariesAndSDKs/AMF', { headers: true }),
  chromaprint: part('LGPL-2.1-or-later', 'Lukáš Lalinský', 'acoustid.org/chromaprint'),
  ffnvcodec: part('MIT', 'NVIDIA', 'github.com/FFmpeg/nv-codec-headers', { headers: true }),
  fontconfig: part('HPND', 'Keith Packard and others', 'fontconfig.org', { with: ['Expat (MIT)'] }),
  gmp: part('LGPL-3.0-or-later', 'Free Software Foundation', 'gmplib.org'),
  iconv: part('LGPL-2.1-or-later', 'Free Software Foundation', 'gnu.org/software/libiconv'),
  'indev=alsa': part('LGPL-2.1-or-later', 'the ALSA project', 'alsa-project.org'),
  'indev=xcbgrab': part('MIT', 'the XCB developers', 'xcb.freedesktop.org'),
  libass: part('ISC', 'the libass contributors', 'github.com/libass/libass'),
  libbluray: part('LGPL-2.1-or-later', 'VideoLAN', 'videolan.org', {
    with: ['libudfread (LGPL-2.1-or-later)'],
  }),
  libdav1d: part('BSD-2-Clause', 'VideoLAN and dav1d authors', 'code.videolan.org/videolan/dav1d'),
  libdrm: part('MIT', 'the DRI developers', 'dri.freedesktop.org'),
  'libfdk-aac': part('FDK-AAC', 'Fraunhofer IIS', 'github.com/mstorsjo/fdk-aac', { conflict: 'gpl' }),
  libfreetype: part('FTL OR GPL-2.0-or-later', 'the FreeType project', 'freetype.org'),
  libfribidi: part('LGPL-2.1-or-later', 'the FriBidi project', 'github.com/fribidi/fribidi'),
  libharfbuzz: part('MIT', 'the HarfBuzz project', 'harfbuzz.github.io'),
  libjxl: part('BSD-3-Clause', 'the JPEG XL project', 'github.com/libjxl/libjxl', {
    with: ['Highway (Apache-2.0)', 'Brotli (MIT)', 'Little CMS or skcms (MIT, BSD-3-Clause)'],
  }),
  libmp3lame: part('LGPL-2.1-or-later', 'the LAME project', 'lame.sourceforge.io'),
  libopenmpt: part('BSD-3-Clause', 'the OpenMPT project', 'lib.openmpt.org', {
    with: ['minimp3 or mpg123', 'stb_vorbis'],
  }),
  libopus: part('BSD-3-Clause', 'Xiph.Org and others', 'opus-codec.org'),
  libplacebo: part('LGPL-2.1-or-later', 'Niklas Haas', 'code.videolan.org/videolan/libplacebo'),
  libshaderc: part('Apache-2.0', 'Google', 'github.com/google/shaderc', {
    with: ['glslang (BSD-3-Clause and others)', 'SPIRV-Tools (Apache-2.0)'],
  }),
  libsrt: part('MPL-2.0', 'Haivision', 'github.com/Haivision/srt'),
  libsvtav1: part('BSD-3-Clause-Clear', 'the Alliance for Open Media', 'gitlab.com/AOMediaCodec/SVT-AV1'),
  libtheora: part('BSD-3-Clause', 'Xiph.Org', 'theora.org', { with: ['libogg (BSD-3-Clause)'] }),
  libvorbis: part('BSD-3-Clause', 'Xiph.Org', 'vorbis.com', { with: ['libogg (BSD-3-Clause)'] }),
  libvpl: part('MIT', 'Intel', 'github.com/intel/libvpl'),
  libvpx: part('BSD-3-Clause', 'the WebM project', 'webmproject.org'),
  libwebp: part('BSD-3-Clause', 'Google', 'developers.google.com/speed/webp'),
  libx264: part('GPL-2.0-or-later', 'the x264 project', 'videolan.org/developers/x264.html'),
  libx265: part('GPL-2.0-or-later', 'MulticoreWare', 'x265.org'),
  libxcb: part('MIT', 'the XCB developers', 'xcb.freedesktop.org'),
  libxml2: part('MIT', 'Daniel Veillard', 'gitlab.gnome.org/GNOME/libxml2'),
  libzimg: part('WTFPL', 'the z.lib authors', 'github.com/sekrit-twc/zimg'),
  libzvbi: part('GPL-2.0-or-later', 'the zvbi project', 'github.com/zapping-vbi/zvbi'),
  lzma: part('0BSD', 'the XZ Utils authors', 'tukaani.org/xz'),
  opencl: part('Apache-2.0', 'the Khronos Group', 'github.com/KhronosGroup/OpenCL-ICD-Loader'),
  openssl: part('Apache-2.0', 'the OpenSSL project', 'openssl.org'),
  rkmpp: part('Apache-2.0', 'Rockchip', 'github.com/rockchip-linux/mpp'),
  rkrga: part('Apache-2.0', 'Rockchip', 'github.com/airockchip/librga'),
  vaapi: part('MIT', 'Intel and others', 'github.com/intel/libva'),
  vulkan: part('Apache-2.0', 'the Khronos Group', 'github.com/KhronosGroup/Vulkan-Loader'),
  whisper: part('MIT', 'the ggml authors', 'github.com/ggml-org/whisper.cpp'),
  zlib: part('Zlib', 'Jean-loup Gailly and Mark Adler', 'zlib.net'),
  // Kernels that NVIDIA's compiler made, and what they bring with them.
  'cuda-nvcc': part('LicenseRef-NVIDIA-CUDA', 'NVIDIA', 'docs.nvidia.com/cuda/eula', {
    conflict: 'nonfree',
  }),
};

/** Options that put nothing of others into the binary: how it is built, parts of the system, FFmpeg's own. */
export const options = new Set([
  ...[
    'cross-compile',
    'gpl',
    'lto=auto',
    'lto=thin',
    'neon',
    'pthreads',
    'runtime-cpudetect',
    'static',
    'version3',
  ],
  ...['audiotoolbox', 'videotoolbox', 'indev=avfoundation'],
  ...[
    'd3d11va',
    'd3d12va',
    'dxva2',
    'mediafoundation',
    'schannel',
    'indev=dshow',
    'indev=gdigrab',
    'indev=v4l2',
  ],
  // Libraries of NVIDIA's driver, which FFmpeg loads where they are installed.
  ...['cuda', 'cuda-llvm', 'cuvid', 'nvdec', 'nvenc'],
]);
