import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { ProjectEntry } from '../../src-main/common/contract/project.js';
import type { HostInfo, MenuState, OpenableFile, RecentFile } from '../../src-main/common/contract/host.js';

/** What the host of this page can do, and the files it knows. */
export class HostController {
  /** Null until the host has answered. */
  info = $state.raw<HostInfo | null>(null);
  /** The folder exports go to as soon as they are finished; null asks then. */
  exportFolder = $state.raw<OpenableFile | null>(null);
  recent = $state.raw<readonly RecentFile[]>([]);
  /** The newest first. */
  projects = $state.raw<readonly ProjectEntry[]>([]);

  constructor(
    private readonly client: EngineClient,
    private readonly fail: (error: unknown) => void,
  ) {
    client.hostInfo({}).then((info) => (this.info = info), fail);
    void this.refresh();
  }

  /** Whether files are chosen by the system's dialogs, and not uploaded. */
  get native(): boolean {
    return this.info?.nativeDialogs ?? false;
  }

  /** Asks for the recent files and the projects again. */
  async refresh(): Promise<void> {
    try {
      this.recent = (await this.client.recentFiles({})).files;
      this.projects = (await this.client.projects({})).projects;
    } catch (error) {
      this.fail(error);
    }
  }

  async forget(file?: OpenableFile): Promise<void> {
    await this.client.forgetRecent(file ? { handle: file.handle } : {}).catch(this.fail);
    await this.refresh();
  }

  /** Files the person chose; none when the dialog was cancelled or failed. */
  async choose(): Promise<readonly OpenableFile[]> {
    return this.files(this.client.chooseSource({}));
  }

  /** Files that were given to the program from outside. */
  async takeOpened(): Promise<readonly OpenableFile[]> {
    return this.files(this.client.takeOpened({}));
  }

  /** Copies finished exports into a folder, or asks for one; the first of them, or null when cancelled. */
  async saveTo(
    downloads: readonly string[],
    chosen: OpenableFile | null = null,
  ): Promise<OpenableFile | null> {
    const folder = chosen ?? (await this.client.chooseFolder({})).folder;
    if (!folder) return null;
    const { files } = await this.client.saveDownloads({ downloads: [...downloads], folder: folder.handle });
    return files[0];
  }

  /** Tells native menus what to show; a browser has none. */
  showInMenus(state: MenuState): void {
    if (this.info?.kind === 'electron') this.client.menuState(state).catch(this.fail);
  }

  private async files(
    asked: Promise<{ readonly files: readonly OpenableFile[] }>,
  ): Promise<readonly OpenableFile[]> {
    try {
      return (await asked).files;
    } catch (error) {
      this.fail(error);
      return [];
    }
  }
}
