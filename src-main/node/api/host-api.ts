import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { CommandArgs, Endpoints } from '../../common/contract/commands.js';
import type { HostCommandResults, OpenableFile } from '../../common/contract/host.js';
import { newHandle } from '../files/handle.js';
import { findFiles } from '../jobs/find-files.js';
import type { RecentFiles } from '../state/recent-files.js';
import { linkOrCopy } from '../files/keep-files.js';
import { makeFolder } from '../files/make-folder.js';
import { copyInto } from './copy-into.js';
import type { HandledFile, HandleTable } from './handles.js';
import type { HostServices } from './host-services.js';
import type { SessionsApi } from './sessions-api.js';

export interface HostApiOptions {
  readonly version: string;
  readonly services: HostServices;
  readonly handles: HandleTable;
  readonly recent: RecentFiles;
  readonly sessions: SessionsApi;
}

/** Most songs that one dropped folder gives. */
const folderLimit = 500;

/** The part of the contract that deals with the host, and with files the page knows by handles only. */
export class HostApi {
  private readonly run = newHandle();

  constructor(private readonly options: HostApiOptions) {}

  readonly endpoints: Pick<Endpoints, keyof HostCommandResults> = {
    hostInfo: () => {
      const { services, version } = this.options;
      const { kind, nativeDialogs } = services;
      return Promise.resolve({ kind, version, nativeDialogs, run: this.run });
    },
    chooseSource: async () => ({ files: this.adopt(await this.options.services.chooseFiles()) }),
    chooseFolder: async () => {
      const path = await this.options.services.chooseFolder();
      return { folder: path === null ? null : this.openable(path) };
    },
    openHandle: ({ handle }) => this.open(handle),
    takeOpened: () => Promise.resolve({ files: this.adopt(this.options.services.takeOpened()) }),
    saveDownloads: (args) => this.save(args),
    packDownloads: async ({ downloads, name }) => {
      const { sessions } = this.options;
      for (const download of downloads) sessions.download(download);
      return Promise.resolve({ download: sessions.packs.add({ name, downloads }) });
    },
    showInFolder: async ({ handle }) => {
      this.options.services.showInFolder(this.options.handles.get(handle).path);
      return Promise.resolve(null);
    },
    dragDownloads: async ({ downloads }) => {
      const { sessions, services } = this.options;
      services.dragFiles(
        await Promise.all(downloads.map((download) => namedFile(sessions.download(download)))),
      );
      return null;
    },
    recentFiles: () =>
      Promise.resolve({
        files: this.options.recent.list().map(({ path, name, openedAt }) => ({
          handle: this.options.handles.put({ path, name }),
          name,
          openedAt,
        })),
      }),
    forgetRecent: async ({ handle }) => {
      const { recent, handles, services } = this.options;
      recent.forget(handle === undefined ? undefined : handles.get(handle).path);
      services.recentChanged();
      return Promise.resolve(null);
    },
    menuState: (state) => {
      this.options.services.menuState(state);
      return Promise.resolve(null);
    },
  };

  /** Handles for paths that a person gave; a folder gives the songs below it. Throws typed system errors. */
  adopt(paths: readonly string[]): OpenableFile[] {
    return paths.flatMap((path) => {
      try {
        if (!statSync(path).isDirectory()) return [this.openable(path)];
        const found = findFiles(path, { recursive: true, skip: [] }).filter(({ problem }) => !problem);
        if (found.length === 0) throw new UnbraidError('file-not-found', 'There is no song in this folder');
        return found
          .slice(0, folderLimit)
          .map((file) => this.openable(file.path, [basename(path), ...file.subfolders]));
      } catch (error) {
        throw toUnbraidError(error, path);
      }
    });
  }

  private openable(path: string, folders: readonly string[] = []): OpenableFile {
    const name = basename(path) || path;
    return { handle: this.options.handles.put({ path, name, folders }), name };
  }

  private async open(handle: string): Promise<HostCommandResults['openHandle']> {
    const { handles, sessions } = this.options;
    const { path, name } = handles.get(handle);
    return sessions.openPath(path, name);
  }

  private async save({
    downloads,
    folder,
  }: CommandArgs<'saveDownloads'>): Promise<{ files: OpenableFile[] }> {
    const target = this.options.handles.get(folder).path;
    if (!statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UnbraidError('file-not-found', 'The folder is not there any more', { file: target });
    }
    const files: OpenableFile[] = [];
    for (const download of downloads) {
      const { path, name, folders = [] } = this.options.sessions.download(download);
      files.push(this.openable(await copyInto(target, [...folders, name].join('/'), path)));
    }
    return { files };
  }
}

/** A finished file under the name that it is offered by, beside itself: what is dragged keeps its file's name. */
async function namedFile({ path, name }: HandledFile): Promise<string> {
  const named = join(dirname(path), `named-${basename(path)}`, basename(name));
  if (existsSync(named)) return named;
  try {
    makeFolder(dirname(named));
    await linkOrCopy(path, named);
    return named;
  } catch (error) {
    throw toUnbraidError(error, name);
  }
}
