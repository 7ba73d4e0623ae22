import { project } from 'foliocheck'
import pageTables from './page-table.js'
import { matrix } from './scenarios/page-table/matrix.js'

/** The page-table models again, with every pair of operations in every initial state. */
export default project({ ...pageTables, scenarios: matrix })
