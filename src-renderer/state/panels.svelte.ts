/** The tabs of the side panel, in their order. */
export const panelNames = ['separate', 'edits', 'mix', 'view'] as const;
export type PanelName = (typeof panelNames)[number];

/** Which tab of the side panel a song shows. */
export class Panels {
  shown = $state<PanelName>('separate');
  /** The tab that should take the focus; null for none. */
  wanted = $state<PanelName | null>(null);
}
