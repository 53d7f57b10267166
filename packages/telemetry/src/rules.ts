/** What a configuration needs to know of alert rules, without what judges and tells. */
export { defaultRules } from './alerts/default-rules.js';
export { alertRulesSchema } from './alerts/rule-schema.js';
export { alertDefaults, topDefaults } from './options.js';
