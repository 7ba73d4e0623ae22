import { insertAfter, on, patch } from 'foliocheck'
import { countPiece, nouveau_dmem_folio_split } from '../drivers/nouveau.js'
import { zoneDevice } from '../machine/state.js'

/** Each piece of a split folio counts as an allocation of its chunk. */
export const nouveauCountsSplitFolios = patch(
  'nouveau-counts-split-folios',
  {
    subject: 'nouveau/dmem: count the pieces of a split folio in chunk->callocated',
    date: '2026-08',
    status: 'in 7.3 and, as a backport, in 7.2.13; read there, its mail was not found',
    claims: ['drv-nouveau-split-uncounted'],
  },
  on(
    nouveau_dmem_folio_split,
    insertAfter(
      'folio_set_zone_device_data(tail, folio_zone_device_data(head))',
      countPiece(zoneDevice.words(nouveau_dmem_folio_split)),
    ),
  ),
)
