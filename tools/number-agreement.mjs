export function agreement() { return true; }
export function samples() { return []; }
