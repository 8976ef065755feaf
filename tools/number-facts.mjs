/*
 * Writes lib/pbx/number_facts.inc from libphonenumber's metadata.
 *
 *	node number-facts.mjs             write it
 *	node number-facts.mjs --check     say whether the file is what this
 *	                                  script makes, and how far it agrees
 *	                                  with the libraries
 *
 * doc/decisions/0002-number-facts.md says where the facts come from.
 */
import fs from 'node:fs';
import {Nfa, Automata, Table} from './digit-automaton.mjs';
import {agreement} from './number-agreement.mjs';
import metadata from 'libphonenumber-js/metadata.max.json';
import google from 'google-libphonenumber';

const FILE = new URL('../lib/pbx/number_facts.inc', import.meta.url);
const LONGEST = 15; /* digits of an E.164 number */
const EMERGENCY = 27; /* its place in a ShortNumberMetadata message */
const YES = 1; /* the class where only yes and no are asked for */

/* enum number_kind */
const KINDS = ['unknown', 'fixed', 'mobile', 'fixed_or_mobile',
    'toll_free', 'premium', 'shared_cost', 'voip', 'personal', 'pager', 'uan',
    'voicemail', 'satellite'];
const KIND = Object.fromEntries(KINDS.map((name, i) => [name, i]));
/* The order of the types in the metadata. */
const TYPES = ['fixed', 'mobile', 'toll_free', 'premium', 'personal',
    'voicemail', 'uan', 'pager', 'voip', 'shared_cost'];
/* The order in which libphonenumber asks for them. */
const ASKED = ['premium', 'toll_free', 'shared_cost', 'voip', 'personal',
    'pager', 'uan', 'voicemail'];
const SATELLITES = ['870', '881', '882', '883'];

/*
 * National prefixes that no plain rule tells: Argentina's "15" inside a
 * mobile number, Gabon's look ahead, and what Mexico abolished in 2019 but
 * carriers still send.
 */
const TRUNKS = {
	AR: {trunk: '0', local: '9', infix: '15'},
	GA: {trunk: '0'},
	JP: {trunk: '(?:003768)0?|0'},
	MX: {trunk: '0(?:[12]|4[45])|1'},
	BR: {trunk: '(?:0|90)(?:1[245]|2[1-35]|31|4[13]|[56]5|99)?'},
};

/* One country's row of the metadata, by name. */
function region(row) {
	return {calling: row[0], idd: row[1] || '', general: row[2],
	    lengths: row[3], prefix: row[5] || '', parse: row[7] || '',
	    transform: row[8] || '', leading: row[10] || '', types: row[11]};
}

function trunkOf(code, r) {
	if (TRUNKS[code]) return {local: '', infix: '', ...TRUNKS[code]};
	if (!r.parse) return {trunk: r.prefix, local: '', infix: ''};
	if (!r.transform) return {trunk: r.parse, local: '', infix: ''};
	/* "([2-9]\d{6})$|1" with "268$1": seven digits are a local number. */
	const m = /^\([^()]*\)\$(?:\|(.*))?$/.exec(r.parse);
	const t = /^(\d+)\$1$/.exec(r.transform);
	if (!m || !t) throw new Error(`${code}: ${r.parse} ${r.transform}`);
	return {trunk: m[1] ?? '', local: t[1], infix: ''};
}

/* The kind of a text of one region, by libphonenumber's rules. */
function kindOf(r, i, tags, length) {
	const fits = (name) => {
		const type = r.types[TYPES.indexOf(name)];
		return type && type[0] && tags.has(`${i} ${name}`) &&
		    (type[1] ?? r.lengths).includes(length);
	};
	if (!tags.has(`${i} general`)) return KIND.unknown;
	const special = ASKED.find(fits);
	if (special) return KIND[special];
	if (fits('fixed')) {
		const same = r.types[TYPES.indexOf('mobile')]?.[0] === '';
		return same || fits('mobile') ? KIND.fixed_or_mobile :
		    KIND.fixed;
	}
	return fits('mobile') ? KIND.mobile : KIND.unknown;
}

/*
 * [country, kind] of everybody who has the number; first the country that
 * libphonenumber names.  None where it calls the number invalid.
 */
function holdersOf(regions, tags, length) {
	const all = regions.map((r, i) => [r.code, kindOf(r, i, tags, length)]);
	const first = regions.findIndex((r, i) => r.leading ?
	    tags.has(`${i} leading`) : all[i][1] !== KIND.unknown);
	if (first < 0 || all[first][1] === KIND.unknown) return [];
	const others = all.filter(([, kind], i) =>
	    i !== first && kind !== KIND.unknown);
	return [all[first], ...others];
}

class Facts {
	constructor() {
		this.automata = new Automata();
		this.holders = [0, 0]; /* classes 0 and YES are no place */
		this.classes = new Map();
		this.codes = [...Object.keys(metadata.countries).sort(), '001'];
	}
	classOf(holders, calling) {
		if (holders.length === 0) return 0;
		const words = holders.map(([code, kind], i) => {
			if (SATELLITES.includes(calling) && kind === KIND.mobile)
				kind = KIND.satellite;
			return this.codes.indexOf(code) | kind << 8 |
			    (i === holders.length - 1 ? 0x8000 : 0);
		});
		const key = words.join();
		if (!this.classes.has(key)) {
			this.classes.set(key, this.holders.length);
			this.holders.push(...words);
		}
		return this.classes.get(key);
	}
	numbers(calling, regions) {
		const nfa = new Nfa();
		regions.forEach((r, i) => {
			nfa.add(r.general, `${i} general`);
			if (r.leading)
				nfa.add(r.leading, `${i} leading`, true);
			TYPES.forEach((name, t) => {
				if (r.types[t] && r.types[t][0])
					nfa.add(r.types[t][0], `${i} ${name}`);
			});
		});
		return this.automata.add(nfa, LONGEST - calling.length,
		    (tags, length) => this.classOf(
			holdersOf(regions, tags, length), calling));
	}
	yes(pattern) {
		const nfa = new Nfa();
		if (pattern) nfa.add(pattern, 'yes');
		return this.automata.add(nfa, LONGEST, (tags, length) =>
		    length > 0 && tags.size > 0 ? YES : 0);
	}
	callingCodes() {
		const list = Object.entries(metadata.country_calling_codes)
		    .map(([calling, codes]) => [calling, codes.map((code) =>
		    ({code, ...region(metadata.countries[code])}))]);
		for (const [calling, row] of Object.entries(metadata.nonGeographic))
			list.push([calling, [{code: '001', ...region(row)}]]);
		return list.sort((a, b) => a[0] - b[0])
		    .map(([calling, regions]) => ({calling, regions,
		    start: this.numbers(calling, regions)}));
	}
	countries() {
		const short = google.shortnumbermetadata.countryToMetadata;
		return this.codes.map((code) => {
			if (code === '001')
				return {code, calling: '', idd: 0, trunk: 0,
				    emergency: 0, local: '', infix: ''};
			const r = region(metadata.countries[code]);
			const t = trunkOf(code, r);
			return {code, calling: r.calling, local: t.local,
			    infix: t.infix, idd: this.yes(r.idd),
			    trunk: this.yes(t.trunk),
			    emergency: this.yes(
				short[code]?.[EMERGENCY]?.[2])};
		});
	}
}

function wrap(items) {
	const lines = [];
	let line = '\t';
	for (const item of items) {
		if (line.length + item.length + 1 > 72) {
			lines.push(line);
			line = '\t';
		}
		line += `${item},`;
	}
	return [...lines, line].join('\n');
}

function lengthMask(lengths, calling) {
	return lengths.filter((n) => n + calling.length <= LONGEST)
	    .reduce((mask, n) => mask | 1 << n, 0);
}

function make() {
	const facts = new Facts();
	const callings = facts.callingCodes(), countries = facts.countries();
	const uses = ['idd', 'trunk', 'emergency'];
	const table = new Table(facts.automata, [
	    ...callings.map((c) => c.start),
	    ...countries.flatMap((c) => uses.map((use) => c[use]))]);
	for (const c of callings) c.ref = table.place(c.start);
	const place = {};
	countries.forEach((c, i) => {
		place[c.code] = i;
		for (const use of uses) c[use] = table.place(c[use]);
	});
	const index = callings.map((c) => c.calling);
	for (const c of countries) c.index = Math.max(0, index.indexOf(c.calling));
	for (const c of callings) {
		c.main = place[c.regions[0].code];
		c.lengths = lengthMask(c.regions[0].lengths, c.calling);
	}
	return {facts, callings, countries, table};
}

function version(name) {
	const url = new URL(`node_modules/${name}/package.json`,
	    import.meta.url);
	return `${name} ${JSON.parse(fs.readFileSync(url)).version}`;
}

function print({facts, callings, countries, table}) {
	return `/*
 * Made by tools/number-facts.mjs; do not edit.
 * Metadata: ${version('libphonenumber-js')} (ranges and prefixes),
 * ${version('google-libphonenumber')} (emergency numbers).
 */
/* clang-format off */
static const struct calling callings[] = {
${callings.map((c) => `\t{${c.calling}, ${c.main}, ${c.lengths}, ${c.ref}},`)
	.join('\n')}
};
static const struct facts countries[] = {
${countries.map((c) => `\t{"${c.code}", ${c.index}, ${c.idd}, ${c.trunk}, ` +
	`${c.emergency}, "${c.local}", "${c.infix}"},`).join('\n')}
};
static const uint16_t holders[] = {
${wrap(facts.holders.map(String))}
};
static const struct tail tails[] = {
${wrap(table.tails.map(([lengths, cls]) => `{${lengths},${cls}}`))}
};
static const uint16_t words[] = {
${wrap(table.words.map(String))}
};
/* clang-format on */
`;
}

function check(made, text) {
	const same = fs.existsSync(FILE) &&
	    fs.readFileSync(FILE, 'utf8') === text;
	console.log(same ? 'number_facts.inc is what this script makes' :
	    'number_facts.inc differs from what this script makes');
	const agreed = agreement(made, KINDS);
	return same && agreed;
}

const made = make();
const text = print(made);
if (process.argv[2] === '--check') {
	process.exitCode = check(made, text) ? 0 : 1;
} else {
	fs.writeFileSync(FILE, text);
	console.log(`${text.length} bytes, ${made.table.words.length} words, ` +
	    `${made.table.tails.length} tails, ` +
	    `${made.facts.holders.length} holders`);
}
