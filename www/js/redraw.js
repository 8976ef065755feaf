/* Who works by keyboard is not thrown out of what is drawn anew. */

const stops = (place) => [...place?.querySelectorAll(
	'a[href], button:enabled, input, select, audio') ?? []];
const said = (each) => each.ariaLabel ?? each.textContent;

/* What stands where that stood: to be asked before it goes. */
function heir(place, was) {
	const line = was.closest('tr');
	const row = [...place.querySelectorAll('tr')].indexOf(line);
	/* Links stand at the begin of a line, buttons at its end. */
	const at = stops(line).indexOf(was) -
		(was.matches('button') ? stops(line).length : 0);
	return () => {
		const lines = [...place.querySelectorAll('tr')];
		const near = stops(lines[Math.min(row, lines.length - 1)]);
		const all = stops(place);
		return line && near.length > 0 ? near.at(at) ?? near.at(-1)
			: all.find((each) => said(each) === said(was)) ??
				/* On a telephone an input would open its keyboard. */
				all.find((each) => !each.matches('input'));
	};
}

/*
 * Fills place.  The focus stays on what it was on; where that is gone it goes
 * to what is at its place in a table or says the same, or to all of the page.
 */
export function redraw(place, ...inside) {
	const was = document.activeElement;
	const next = place.contains(was) ? heir(place, was) : null;
	place.replaceChildren(...inside.flat().filter(Boolean));
	if (next)
		(was.isConnected ? was : next() ?? document.querySelector('main'))
			.focus();
}
