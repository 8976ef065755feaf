/* What access tokens can be for, to choose from. */
import { listed } from './listed.js';
import { schema } from './schema.js';

/* What the document says that operations ask for, and both of two. */
async function named() {
	const { paths } = await schema();
	const asked = new Set(Object.values(paths).flatMap((each) =>
		Object.values(each)).map((each) => each['x-ability']).filter(Boolean));
	const names = new Set([...asked].map((each) => each.split(':')[0]));
	return ['*', ...[...names].sort().flatMap((name) => [`${name}:read`,
		`${name}:write`, `${name}:*`].filter((each) => asked.has(each) ||
		asked.has(each.replace('*', 'write'))))];
}

/* What a description says of the field of an ability. */
export const abilities = () => ({ list: listed('abilities', named),
	help: 'What the program may do, like calls:read to see calls, ' +
		'calls:write to change them, or * for all that you may do.' });
