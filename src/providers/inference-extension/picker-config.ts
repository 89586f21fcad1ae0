import { PickerDeployment, pickerSettings, PoolNode } from '../../model/pool';

/** Returns the configuration file of an endpoint picker (llm-d-router v0.10, apix/config/v1alpha1). */
export function compilePickerConfig(pool: Pick<PoolNode, 'targetPorts' | 'metricsPort'>, deployment: PickerDeployment): object {
  return { apiVersion: deployment.config.apiVersion, kind: 'EndpointPickerConfig', ...pickerSettings(pool, deployment) };
}

/** Returns the flags that the configuration of a picker needs. */
export function configFlags({ config }: PickerDeployment): string[] {
  return config.allowsExperimental ? ['--allow-experimental-plugins=true'] : [];
}
