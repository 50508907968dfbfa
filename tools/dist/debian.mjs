// A .deb of the unpacked program, made by dpkg-deb: what electron-builder does with a tool that it would have to fetch.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Libraries that Electron's program needs on Debian 12 and Ubuntu 22.04, and newer. */
const needs = [
  ...[
    'libgtk-3-0 | libgtk-3-0t64',
    'libnss3',
    'libasound2 | libasound2t64',
    'libgbm1',
    'libnotify4',
    'libxss1',
  ],
  ...['libxtst6', 'libatspi2.0-0 | libatspi2.0-0t64', 'libsecret-1-0', 'xdg-utils'],
];

const architectures = { x64: 'amd64', arm64: 'arm64' };

function desktopEntry({ name, comment, category, types }) {
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    `Name=${name}`,
    `Comment=${comment}`,
    'Exec=/opt/Unbraid/unbraid %F',
    'Icon=unbraid',
    'Terminal=false',
    `StartupWMClass=${name}`,
    `Categories=${category};Audio;`,
    `MimeType=${types.join(';')};`,
  ];
  return `${lines.join('\n')}\n`;
}

/** As root, after unpacking: the sandbox's helper needs its bit where user namespaces are closed to programs. */
const afterInstall = `#!/bin/sh
set -e
ln -sf /opt/Unbraid/unbraid /usr/bin/unbraid
sandbox=/opt/Unbraid/chrome-sandbox
if [ -e "$sandbox" ]; then chmod 4755 "$sandbox"; fi
if [ -d /etc/apparmor.d ] && [ -e /opt/Unbraid/resources/apparmor-profile ] \\
  && apparmor_parser --skip-kernel-load --debug /opt/Unbraid/resources/apparmor-profile >/dev/null 2>&1; then
  cp -f /opt/Unbraid/resources/apparmor-profile /etc/apparmor.d/unbraid
  apparmor_parser --replace --write-cache --skip-read-cache /etc/apparmor.d/unbraid || true
fi
update-desktop-database -q 2>/dev/null || true
`;
const beforeRemoval = `#!/bin/sh
set -e
if [ "$1" = remove ]; then
  rm -f /usr/bin/unbraid
  if [ -e /etc/apparmor.d/unbraid ]; then
    apparmor_parser --remove /etc/apparmor.d/unbraid 2>/dev/null || true
    rm -f /etc/apparmor.d/unbraid
  fi
fi
`;

/** Ubuntu 24.04 and later let only programs with such a profile make the user namespaces that Chromium's sandbox needs. */
const apparmorProfile = `abi <abi/4.0>,
include <tunables/global>

profile unbraid "/opt/Unbraid/unbraid" flags=(unconfined) {
  userns,

  include if exists <local/unbraid>
}
`;

function bytesBelow(dir) {
  return readdirSync(dir, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(dir, entry.name);
    return sum + (entry.isDirectory() ? bytesBelow(path) : statSync(path).size);
  }, 0);
}

/** Writes `unbraid_VERSION_ARCH.deb` into `target` and gives its path. */
export function makeDeb({ unpacked, target, root, version, arch, about }) {
  const stage = mkdtempSync(join(tmpdir(), 'unbraid-deb-'));
  const write = (path, text, mode = 0o644) => {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    writeFileSync(join(stage, path), text);
    chmodSync(join(stage, path), mode);
  };
  try {
    chmodSync(stage, 0o755);
    mkdirSync(join(stage, 'opt'));
    cpSync(unpacked, join(stage, 'opt/Unbraid'), { recursive: true, verbatimSymlinks: true });
    write('opt/Unbraid/resources/apparmor-profile', apparmorProfile);
    for (const icon of readdirSync(join(root, 'assets/icons'))) {
      const folder = join(stage, 'usr/share/icons/hicolor', icon.slice(0, -4), 'apps');
      mkdirSync(folder, { recursive: true });
      copyFileSync(join(root, 'assets/icons', icon), join(folder, 'unbraid.png'));
    }
    write('usr/share/applications/unbraid.desktop', desktopEntry(about));
    const notice = readFileSync(join(root, 'NOTICE'), 'utf8');
    write(
      'usr/share/doc/unbraid/copyright',
      `${notice}\nEach library's licence: /opt/Unbraid/LICENSES.txt\n`,
    );
    const kib = Math.ceil(bytesBelow(stage) / 1024);
    const control = {
      ...{ Package: 'unbraid', Version: version, Architecture: architectures[arch], Section: 'sound' },
      ...{
        Priority: 'optional',
        Maintainer: about.maintainer,
        'Installed-Size': kib,
        Depends: needs.join(', '),
      },
      ...{ Homepage: about.homepage, Description: about.comment },
    };
    const lines = Object.entries(control).map(([field, value]) => `${field}: ${value}\n`);
    write('DEBIAN/control', lines.join(''));
    write('DEBIAN/postinst', afterInstall, 0o755);
    write('DEBIAN/prerm', beforeRemoval, 0o755);
    const path = join(target, `unbraid_${version}_${architectures[arch]}.deb`);
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zzstd', '--build', stage, path], {
      stdio: 'pipe',
    });
    return path;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
