// Sends real requests at the voice-agents story with sidecars. No sidecar runs here: gateways are judged, pods are not.
import { outageChecks } from './outage';
import { report } from './report';
import { servedChecks } from './served';
import { entryChecks } from './sidecar-entry';

// The outage comes last: its pickers do not come back.
report((story) => [...servedChecks(story), ...entryChecks(story), ...outageChecks(story)]);
