/* Elements, and nothing but text in them. */

let count = 0;
export const fresh = (stem) => `${stem}-${(count += 1)}`;

/* h('a', { href, class, onclick, hidden: true }, 'text', element, null) */
export function h(tag, props, ...inside) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(props ?? {})) {
		if (value === null || value === undefined || value === false)
			continue;
		if (name.startsWith('on'))
			made.addEventListener(name.slice(2), value);
		else if (name === 'value' || name === 'checked')
			made[name] = value;
		else
			made.setAttribute(name, value === true ? '' : value);
	}
	made.append(...inside.flat(9).filter((each) => each !== null &&
		each !== undefined && each !== false));
	return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/* The same for what is drawn. */
export function svg(tag, props, ...inside) {
	const made = document.createElementNS(SVG, tag);
	for (const [name, value] of Object.entries(props ?? {}))
		if (value !== null && value !== undefined && value !== false)
			made.setAttribute(name, value);
	made.append(...inside.flat(9).filter((each) => each !== null &&
		each !== undefined && each !== false));
	return made;
}

/* What a token of style.css is in this theme, as a plain colour. */
export function colour(name) {
	const probe = h('i', { hidden: true });
	probe.style.color = `var(${name})`;
	document.body.append(probe);
	const found = getComputedStyle(probe).color;
	probe.remove();
	return found;
}

/* A line drawing of 16 by 16 in the colour of the text around it. */
export const icon = (path) => svg('svg', { width: 16, height: 16,
	viewBox: '0 0 16 16', fill: 'none', stroke: 'currentColor',
	'stroke-width': 1.6, 'stroke-linecap': 'round',
	'stroke-linejoin': 'round', 'aria-hidden': 'true' },
svg('path', { d: path }));

export const icons = {
	phone: 'M4 2l2 3-1.5 1.5c1 2 3 4 5 5L11 10l3 2c0 2-1.5 2.5-3 2.5' +
		'C6 14 2 10 1.5 5 1.5 3.500 2 2 4 2z',
	bin: 'M2.500 4h11M6 4V2.500h4V4M4 4l.7 9.500h6.600L12 4',
	up: 'M8 13V3M4 7l4-4 4 4',
	down: 'M8 3v10M4 9l4 4 4-4',
	left: 'M10 3L5 8l5 5',
	right: 'M6 3l5 5-5 5',
	cross: 'M4 4l8 8M12 4l-8 8',
	menu: 'M2 4h12M2 8h12M2 12h12',
	copy: 'M6 6h7v7H6zM3 10V3h7',
	grip: 'M6 3v.01M10 3v.01M6 8v.01M10 8v.01M6 13v.01M10 13v.01',
	search: 'M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM10.500 10.500' +
		'L14 14',
	play: 'M4 2.500l9 5.500-9 5.500z',
	half: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
};

/* A button that is a drawing; label is what it says to who does not see it. */
export const iconButton = (label, path, onclick, more) =>
	h('button', { type: 'button', class: 'icon', 'aria-label': label,
		title: label, onclick, ...more }, icon(path));
