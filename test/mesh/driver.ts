// Sends real requests at the voice-agents story, inside a mesh made of its manifests.
import { closedChecks } from './closed';
import { outageChecks } from './outage';
import { report } from './report';
import { servedChecks } from './served';
import { toolChecks } from './tools';

// The outage comes last: its pickers do not come back.
report((story) => [...servedChecks(story), ...toolChecks(story), ...closedChecks(story), ...outageChecks(story)]);
