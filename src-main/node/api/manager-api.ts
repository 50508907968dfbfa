import { mkdtempSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { CommandArgs, Endpoints, EngineEvent } from '../../common/contract/commands.js';
import type { CatalogueModel, ModelCatalogue, ModelCommandResults } from '../../common/contract/models.js';
import {
  availability,
  catalogueJsonSchema,
  entryBytes,
  licenceText,
  type CatalogueEntry,
} from '../../common/models/catalogue.js';
import { catalogueAddress, findEntry, forgetCatalogue, knownModels } from '../catalogue/catalogue-store.js';
import type { SeparationEngine } from '../inference/separation-engine.js';
import { makeFolder } from '../files/make-folder.js';
import { freeBytes } from '../files/room.js';
import { Downloads } from '../models/downloads.js';
import { fetchCatalogue } from '../models/fetch-catalogue.js';
import { HttpClient } from '../models/http.js';
import { importModels, type ImportSource } from '../models/import-models.js';
import type { InstallTools } from '../models/install.js';
import { installedModels, removeModel, separatorOf, verifyModels } from '../models/installed.js';
import { proveModel } from '../models/prove.js';
import { fromFiles } from '../models/recognise-files.js';
import { readRecord } from '../models/record.js';
import { modelSettings, setModelSettings, userModelFolder } from '../state/model-settings.js';
import type { HandleTable } from './handles.js';
import { TrialsApi, type TrialsOptions } from './trials-api.js';

export interface ManagerOptions extends TrialsOptions {
  readonly engine: SeparationEngine;
  readonly handles: HandleTable;
  readonly publish: (event: EngineEvent) => void;
}

type ManagerEndpoints = Pick<Endpoints, keyof ModelCommandResults>;

/** The part of the contract that brings models here, and takes them away. */
export class ManagerApi implements Disposable {
  private readonly http = new HttpClient();
  private readonly tools: InstallTools;
  private readonly downloads: Downloads;
  readonly endpoints: ManagerEndpoints;

  constructor(private readonly options: ManagerOptions) {
    const { engine, publish } = options;
    this.tools = { recognise: fromFiles, prove: (model, signal) => proveModel(engine, model, signal) };
    this.downloads = new Downloads({
      http: this.http,
      tools: this.tools,
      publish: (download) => publish({ models: 'download', download }),
      changed: () => publish({ models: 'list' }),
    });
    this.endpoints = { ...this.own, ...new TrialsApi(options).endpoints };
  }

  private readonly own: Omit<ManagerEndpoints, keyof TrialsApi['endpoints']> = {
    modelCatalogue: () => Promise.resolve(this.catalogue()),
    catalogueSchema: () => Promise.resolve(catalogueJsonSchema()),
    catalogueUpdate: async () => {
      const address = catalogueAddress();
      if (address === null) {
        throw new UnbraidError('invalid-argument', 'No address of a newer catalogue is set', {
          hint: 'Set one: `unbraid models catalogue --set ADDRESS`.',
        });
      }
      await fetchCatalogue(this.http, address);
      return this.changed();
    },
    catalogueAddress: ({ address }) => {
      setModelSettings({ catalogue: address });
      if (address === null) forgetCatalogue();
      return Promise.resolve(this.changed());
    },
    modelGet: (args) => this.get(args),
    modelPause: async ({ id }) => {
      await this.downloads.pause(id);
      return null;
    },
    modelDiscard: async ({ id }) => {
      await this.downloads.discard(findEntry(id).id, userModelFolder());
      return null;
    },
    modelRemove: ({ id }) => {
      removeModel(userModelFolder(), id);
      this.downloads.forget(id);
      this.changed();
      return Promise.resolve(null);
    },
    modelVerify: ({ job, ids }) =>
      this.options.withJob(job, (signal) => verifyModels(userModelFolder(), ids, signal)),
    modelImport: ({ job, uploads, files }) => {
      const { handles, sessions } = this.options;
      const chosen = files.map((one) => handles.get(one));
      const sent = sessions.uploads.holdAll(uploads);
      return this.import(job, [...sent.files, ...chosen]).finally(() => sent.release());
    },
    modelImportPaths: ({ job, paths }) =>
      this.import(
        job,
        paths.map((path) => ({ path: resolve(path), name: path })),
      ),
    modelFolder: ({ folder }) =>
      this.setFolder(folder === undefined ? null : this.options.handles.get(folder).path),
    modelFolderPath: ({ folder }) => this.setFolder(folder === undefined ? null : resolve(folder)),
  };

  async dispose(): Promise<void> {
    await this.downloads.dispose();
    await this.http.dispose();
  }

  private catalogue(): ModelCatalogue {
    const folder = userModelFolder();
    const { entries, updated, from, note, broken } = knownModels(folder);
    const models = installedModels(folder);
    const unfinished = new Map(this.downloads.unfinished(folder).map(({ id, bytes }) => [id, bytes]));
    const describe = (entry: CatalogueEntry): CatalogueModel => {
      const record = readRecord(join(folder, entry.id));
      return {
        ...{ entry, availability: availability(entry), bytes: entryBytes(entry) },
        licence: licenceText(entry.licence),
        installed: separatorOf(entry, models),
        problem: record?.problem ?? null,
        recorded: record?.files.some(({ hash }) => hash === 'recorded') ?? false,
        unfinished: unfinished.get(entry.id) ?? null,
      };
    };
    return {
      models: entries.map(describe),
      downloads: this.downloads.list,
      ...{ updated, from, note, broken, folder, address: catalogueAddress() },
      folderBy: process.env['UNBRAID_MODELS']
        ? 'environment'
        : modelSettings().folder === null
          ? 'default'
          : 'setting',
      free: roomIn(folder),
    };
  }

  private changed(): ModelCatalogue {
    this.options.publish({ models: 'list' });
    return this.catalogue();
  }

  private get({ id, accepted }: CommandArgs<'modelGet'>): ReturnType<Endpoints['modelGet']> {
    const entry = findEntry(id);
    const { name, who, where } = entry.licence;
    if (accepted !== licenceText(entry.licence)) {
      const said =
        who === null ? 'nobody has stated one' : `says ${who}${where === null ? '' : `, ${where}`}`;
      throw new UnbraidError(
        'licence-not-accepted',
        `"${entry.name}" comes under a licence: ${name} (${said})`,
        {
          hint: 'Read it, and accept it: --accept-licence on the command line.',
        },
      );
    }
    return Promise.resolve(this.downloads.start(entry, userModelFolder()));
  }

  private import(job: string, sources: readonly ImportSource[]): ReturnType<Endpoints['modelImport']> {
    return this.options.withJob(job, async (signal) => {
      try {
        return await importModels(userModelFolder(), sources, this.tools, signal);
      } finally {
        // What came before it was cancelled is here, too.
        this.changed();
      }
    });
  }

  private setFolder(folder: string | null): Promise<ModelCatalogue> {
    if (process.env['UNBRAID_MODELS']) {
      throw new UnbraidError(
        'invalid-argument',
        'The environment variable UNBRAID_MODELS names the folder of models',
        {
          hint: 'Change it there, or remove it.',
        },
      );
    }
    if (folder !== null) checkModelFolder(folder);
    setModelSettings({ folder });
    return Promise.resolve(this.changed());
  }
}

/** Makes the folder where it is missing. Throws `invalid-argument` where models could not be kept. */
function checkModelFolder(folder: string): void {
  try {
    makeFolder(folder);
    // Rights alone do not say it: root may write into /proc, which takes nothing.
    rmdirSync(mkdtempSync(join(folder, '.unbraid-')));
  } catch (cause) {
    throw new UnbraidError('invalid-argument', 'This is not a folder that can be written to', {
      ...{ file: folder, cause },
      hint: 'Choose another folder for models.',
    });
  }
}

function roomIn(folder: string): number | null {
  try {
    return freeBytes(folder);
  } catch {
    return null;
  }
}
