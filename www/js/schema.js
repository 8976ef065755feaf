/* The document of /cgi-bin/schema: what may be asked, and how fields look. */
import { Problem } from './api.js';

let whole = null;

async function asked() {
	const answer = await fetch('/cgi-bin/schema').catch(() => null);
	if (answer === null)
		throw new Problem(0, { message: 'The server cannot be reached: try ' +
			'again in a moment.' });
	const json = await answer.json().catch(() => null);
	if (!answer.ok || json === null)
		throw new Problem(answer.status, json ?? {});
	return json;
}

/* Asked once a page, and again after it was refused. */
export function schema() {
	if (whole === null) {
		whole = asked();
		whole.catch(() => {
			whole = null;
		});
	}
	return whole;
}

/* A schema with what its reference names. */
export function resolve(all, part) {
	let found = part ?? {};
	while (found.$ref)
		found = found.$ref.slice(2).split('/')
			.reduce((at, name) => at[name], all);
	return found;
}

/* What of a body of this operation a form can send; null: no such thing. */
function taken(all, operation) {
	const body = operation?.requestBody?.content?.['application/json'];
	return body ? resolve(all, body.schema) : null;
}

const may = (operation, role) => Boolean(operation) &&
	(operation['x-roles'] ?? []).includes(role);

/*
 * What a role can do with a resource: its list's parameters, the schemas of
 * its forms, and which of its verbs.
 */
export async function resource(name, role) {
	const all = await schema();
	const many = all.paths[`/${name}`] ?? {};
	const one = all.paths[`/${name}/{id}`] ?? many;
	const change = taken(all, one.patch) ?? taken(all, one.put);
	const parameters = (many.get?.parameters ?? []).filter((each) =>
		each.in === 'query');
	const sort = parameters.find((each) => each.name === 'sort');
	const names = sort?.schema.pattern?.match(/\(([^)]*)\)/)?.[1] ?? '';
	return {
		all,
		parameters,
		sorts: sort?.schema.enum?.filter((each) => !each.startsWith('-')) ??
			names.split('|').filter(Boolean),
		order: sort?.schema.default ?? '',
		search: parameters.some((each) => each.name === 'q'),
		csv: parameters.some((each) => each.name === 'format'),
		trash: parameters.some((each) => each.name === 'deleted'),
		create: may(many.post, role) ? taken(all, many.post) : null,
		/* Where a change is not described, the whole object is. */
		change: may(one.patch, role) ? change : null,
		/* What people write of one, whoever they are. */
		written: many.post ? change : null,
		remove: may(one.delete, role),
		restore: may(all.paths[`/${name}/{id}/restore`]?.post, role),
		uploads: Boolean(many.post?.requestBody?.content?.[
			'multipart/form-data']),
		does: (action) => may(
			all.paths[`/${name}/{id}/${action}`]?.post, role),
	};
}

const types = (part) => [part.type ?? []].flat();

/* What kind of input a schema asks for. */
export function kind(all, raw) {
	const part = resolve(all, raw);
	if (part.oneOf)
		return part.oneOf.some((each) => resolve(all, each).properties
			?.type?.const) ? 'target' : 'text';
	const type = types(part).find((each) => each !== 'null');
	if (type === 'array')
		return 'rows';
	if (type === 'object')
		return part.properties ? 'group' : 'pairs';
	if (part.enum)
		return 'choice';
	if (part['x-refers'])
		return 'pick';
	if (type === 'boolean')
		return 'tick';
	if (type === 'integer' || type === 'number')
		return 'number';
	if (part.format === 'binary')
		return 'file';
	if (part.format === 'date-time')
		return 'instant';
	return (part.maxLength ?? 0) >= 1000 && part.format !== 'uri'
		? 'lines' : 'text';
}

export const nullable = (part) => types(part).includes('null') ||
	Boolean(part.oneOf?.some((each) => each.type === 'null'));

/* What stands for nothing in place of a value. */
export function emptied(all, raw, value) {
	const part = resolve(all, raw);
	const which = kind(all, part);
	if (value === null || value === undefined)
		return null;
	if (part.properties && which === 'group')
		return Object.fromEntries(Object.entries(value).map(([name, each]) =>
			[name, emptied(all, part.properties[name], each)]));
	const none = { tick: false, rows: [], pairs: {} };
	return none[which] ?? (nullable(part) ? null : which === 'text' ? ''
		: value);
}

/* The kinds of target that a schema takes: { extension: 'extensions', … } */
export function targets(all, part) {
	const found = new Map();
	for (const each of part.oneOf) {
		const one = resolve(all, each);
		const type = one.properties?.type?.const;
		if (type)
			found.set(type, one.properties.id?.['x-refers'] ??
				(one.properties.number ? 'number' : null));
	}
	return found;
}
