import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { refusalAt } from '../../input/guard';

/** Returns the chart that contains the manifests of a mesh. */
export function chartOf(mesh: IConstruct): Chart {
  const chart = mesh.node.scopes.reverse().find((scope): scope is Chart => Chart.isChart(scope));
  if (!chart) throw refusalAt(mesh.node.path, undefined, [{ message: '`scope` is not in a chart', fix: 'define the mesh under a Chart' }]);
  return chart;
}
