/*
 * Compares the table with the libraries over many numbers: random ones of
 * every pattern of every country, the same with a digit changed, added or
 * taken away, and random digits behind every calling code.
 */
import {parsePattern} from './digit-automaton.mjs';
import metadata from 'libphonenumber-js/metadata.max.json';
import {parsePhoneNumber} from 'libphonenumber-js/max';
import google from 'google-libphonenumber';

const NAMES = {FIXED_LINE: 'fixed', MOBILE: 'mobile',
    FIXED_LINE_OR_MOBILE: 'fixed_or_mobile', TOLL_FREE: 'toll_free',
    PREMIUM_RATE: 'premium', SHARED_COST: 'shared_cost', VOIP: 'voip',
    PERSONAL_NUMBER: 'personal', PAGER: 'pager', UAN: 'uan',
    VOICEMAIL: 'voicemail'};
const SATELLITES = ['870', '881', '882', '883'];
const EACH = 60; /* numbers of each pattern */

/* The same numbers on every run (xorshift32). */
let seed = 2463534242;
function random(n) {
	seed ^= seed << 13;
	seed ^= seed >>> 17;
	seed ^= seed << 5;
	return (seed >>> 0) % n;
}

function randomOf(tree) {
	if (tree.any !== undefined) {
		const digits = [...'0123456789'].filter((d) => tree.any >> d & 1);
		return digits[random(digits.length)];
	}
	if (tree.all) return tree.all.map(randomOf).join('');
	if (tree.one) return randomOf(tree.one[random(tree.one.length)]);
	let text = '';
	let n = tree.min + random(tree.max - tree.min + 1);
	while (n-- > 0) text += randomOf(tree.of);
	return text;
}

function changed(text) {
	const at = random(text.length), d = String(random(10));
	const kept = text.slice(0, at);
	switch (random(4)) {
	case 0: return kept + d + text.slice(at);
	case 1: return kept + text.slice(at + 1);
	default: return kept + d + text.slice(at + 1);
	}
}

function* samplesOf(calling, row) {
	const patterns = row[11].filter((type) => type && type[0])
	    .map((type) => parsePattern(type[0]));
	for (const tree of [parsePattern(row[2]), ...patterns])
		for (let i = 0; i < EACH; i++) {
			const text = randomOf(tree);
			yield text;
			yield changed(text);
		}
	for (let i = 0; i < EACH; i++)
		yield String(random(1e9)) + String(random(1e6))
		    .slice(0, random(7));
}

/* {calling, national, e164} of at most 15 digits. */
function* samples({callings}) {
	for (const {calling, regions} of callings)
		for (const {code} of regions) {
			const row = metadata.countries[code] ??
			    metadata.nonGeographic[calling];
			for (const national of samplesOf(calling, row)) {
				const e164 = `+${calling}${national}`;
				if (e164.length > 7 && e164.length <= 16)
					yield {calling, national, e164};
			}
		}
}

function ours(made, kinds, {ref}, national) {
	const cls = made.table.look(ref, national);
	if (cls === 0) return ' unknown';
	const holder = made.facts.holders[cls];
	return `${made.facts.codes[holder & 255]} ${kinds[holder >> 8 & 15]}`;
}

function named(country, type, calling) {
	let kind = NAMES[type];
	if (kind === undefined) return ' unknown';
	if (SATELLITES.includes(calling) && kind === 'mobile')
		kind = 'satellite';
	return `${country ?? '001'} ${kind}`;
}

function byJs({calling, national, e164}) {
	const number = parsePhoneNumber(e164);
	/* Some national prefixes are taken off behind a calling code too. */
	if (!number || number.nationalNumber !== national) return null;
	return named(number.country, number.getType(), calling);
}

const util = google.PhoneNumberUtil.getInstance();
const types = Object.entries(google.PhoneNumberType)
    .reduce((names, [name, i]) => ({...names, [i]: name}), {});

function byGoogle({calling, national}) {
	const number = new google.PhoneNumber();
	const zeros = /^0*/.exec(national)[0].length;
	number.setCountryCode(Number(calling));
	number.setNationalNumber(Number(national));
	if (zeros > 0) {
		number.setItalianLeadingZero(true);
		number.setNumberOfLeadingZeros(zeros);
	}
	return named(util.getRegionCodeForNumber(number),
	    types[util.getNumberType(number)], calling);
}

/*
 * libphonenumber-js calls fixed lines "fixed or mobile" where a country has
 * no mobile ranges at all; Google's library does not.
 */
function sameButMobile(mine, js) {
	return mine.endsWith(' fixed') && js === `${mine}_or_mobile`;
}

function emergencies(made) {
	const info = google.ShortNumberInfo.getInstance();
	let asked = 0, wrong = 0;
	for (const country of made.countries) {
		if (country.code === '001') continue;
		for (let n = 0; n < 3000; n++) {
			const text = n < 1000 ? String(n).padStart(3, '0') :
			    String(n < 1100 ? n - 1000 : random(1e6))
			    .padStart(2, '0');
			const mine = made.table.look(country.emergency, text);
			asked++;
			if (info.isEmergencyNumber(text, country.code) !==
			    (mine !== 0)) wrong++;
		}
	}
	console.log(`emergency numbers: ${asked} asked, ${wrong} differ`);
	return wrong === 0;
}

/* Google's metadata may be older: what differs there is told, not refused. */
export function agreement(made, kinds) {
	const place = new Map(made.callings.map((c) => [c.calling, c]));
	const tally = {asked: 0, silent: 0, differ: 0, mobile: 0, google: 0};
	const drift = {};
	for (const s of samples(made)) {
		const mine = ours(made, kinds, place.get(s.calling), s.national);
		const js = byJs(s), other = byGoogle(s);
		tally.asked++;
		if (other !== mine) {
			tally.google++;
			drift[s.calling] = (drift[s.calling] ?? 0) + 1;
		}
		if (js === null) tally.silent++;
		if (js === null || js === mine) continue;
		if (sameButMobile(mine, js)) {
			tally.mobile++;
			continue;
		}
		if (tally.differ++ < 20)
			console.log(`${s.e164}: ${mine}, but ${js}`);
	}
	console.log(`${tally.asked} numbers: ${tally.differ} differ from ` +
	    `libphonenumber-js (${tally.mobile} more are fixed, not fixed or ` +
	    `mobile; it reads ${tally.silent} as another number), ` +
	    `${tally.google} from google-libphonenumber`);
	console.log('by calling code:', Object.entries(drift)
	    .sort((a, b) => b[1] - a[1]).slice(0, 12)
	    .map(([code, n]) => `+${code}: ${n}`).join(', '));
	return emergencies(made) && tally.differ === 0;
}
