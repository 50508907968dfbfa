import type { BrowserWindow, Dialog, OpenDialogOptions } from 'electron';
import { shellTexts } from './menu-texts.js';
import type { MenuState } from '../common/contract/host.js';

/** Endings the dialog offers first; "all files" is there too, because FFmpeg reads much more. */
const songEndings = (
  'wav flac mp3 m4a aac ogg oga opus aif aiff wv ape wma caf mp4 mov mkv webm ' + 'mka ac3 dts w64 rf64'
).split(' ');

export interface DialogOptions {
  readonly dialog: Pick<Dialog, 'showOpenDialog'>;
  readonly window: () => BrowserWindow | undefined;
  readonly language: () => MenuState['language'];
}

/** The system's dialogs for songs and folders, in front of the window. Both return no path when cancelled. */
export class Dialogs {
  constructor(private readonly options: DialogOptions) {}

  async chooseFiles(): Promise<readonly string[]> {
    const { songs, allFiles } = shellTexts[this.options.language()];
    return this.open({
      properties: ['openFile'],
      filters: [
        { name: songs, extensions: songEndings },
        { name: allFiles, extensions: ['*'] },
      ],
    });
  }

  async chooseFolder(): Promise<string | null> {
    const paths = await this.open({ properties: ['openDirectory', 'createDirectory'] });
    return paths[0] ?? null;
  }

  private async open(options: OpenDialogOptions): Promise<readonly string[]> {
    const { dialog, window } = this.options;
    const parent = window();
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, options)
      : dialog.showOpenDialog(options));
    return canceled ? [] : filePaths;
  }
}
