// Original file: proto/phid/v1/quality.proto

/**
 * Where what thresholds are for was said.
 */
export const ThresholdSource = {
  /**
   * Never sent.
   */
  THRESHOLD_SOURCE_UNSPECIFIED: 'THRESHOLD_SOURCE_UNSPECIFIED',
  /**
   * In the configuration file of the node, or nowhere: the defaults.
   */
  THRESHOLD_SOURCE_CONFIGURATION: 'THRESHOLD_SOURCE_CONFIGURATION',
  /**
   * By SetThresholds: it wins over the configuration.
   */
  THRESHOLD_SOURCE_RUNTIME: 'THRESHOLD_SOURCE_RUNTIME',
} as const;

/**
 * Where what thresholds are for was said.
 */
export type ThresholdSource =
  /**
   * Never sent.
   */
  | 'THRESHOLD_SOURCE_UNSPECIFIED'
  | 0
  /**
   * In the configuration file of the node, or nowhere: the defaults.
   */
  | 'THRESHOLD_SOURCE_CONFIGURATION'
  | 1
  /**
   * By SetThresholds: it wins over the configuration.
   */
  | 'THRESHOLD_SOURCE_RUNTIME'
  | 2

/**
 * Where what thresholds are for was said.
 */
export type ThresholdSource__Output = typeof ThresholdSource[keyof typeof ThresholdSource]
