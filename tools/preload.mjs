/*
 * tools/preload.mjs FOLDER: lets each page of FOLDER name all modules that it
 * begins with, so that a browser asks for them at once, and not for each when
 * it has read the one that imports it.  What is imported on demand stays so.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';

const [folder] = process.argv.slice(2);
const STATIC = /^(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'/gm;
const PAGE = /^<script type="module" src="([^"]+)"><\/script>$/m;

/* A module, and all that it imports. */
function graph(path, found) {
	if (found.has(path))
		return found;
	found.add(path);
	for (const [, from, bare] of readFileSync(folder + path, 'utf8')
		.matchAll(STATIC))
		graph(posix.resolve(posix.dirname(path), from ?? bare), found);
	return found;
}

for (const name of readdirSync(folder).filter((each) =>
	each.endsWith('.html'))) {
	const text = readFileSync(`${folder}/${name}`, 'utf8');
	const script = PAGE.exec(text);
	if (script) {
		const [first, ...others] = graph(script[1], new Set());
		writeFileSync(`${folder}/${name}`, text.replace(PAGE, [...others.map(
			(each) => `<link rel="modulepreload" href="${each}">`),
		`<script type="module" src="${first}"></script>`].join('\n')));
	}
}
