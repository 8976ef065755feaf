/* Elements of SVG, with nothing but text in them. */

import { colour, svg as s } from './dom.js';

export { s };

let pen = null;

/* How wide a text is, in pixels. */
export function widthOf(text, font) {
	pen ??= document.createElement('canvas').getContext('2d');
	pen.font = font;
	return pen.measureText(text).width;
}

/* As much of it as fits. */
export function fitting(text, font, room) {
	if (widthOf(text, font) <= room)
		return text;
	const all = [...text];
	while (all.length > 1 && widthOf(`${all.join('')}…`, font) > room)
		all.pop();
	return `${all.join('')}…`;
}

/* What a stylesheet says of each element, written into a copy of its own. */
export function alone(svg, box) {
	const copy = svg.cloneNode(true);
	const names = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray',
		'font-size', 'font-weight', 'font-family', 'opacity'];
	const from = [svg, ...svg.querySelectorAll('*')];
	[copy, ...copy.querySelectorAll('*')].forEach((each, i) => {
		const style = getComputedStyle(from[i]);
		for (const name of names)
			each.setAttribute(name, style.getPropertyValue(name));
		each.removeAttribute('class');
		each.removeAttribute('tabindex');
	});
	copy.setAttribute('viewBox', box.join(' '));
	copy.setAttribute('width', box[2]);
	copy.setAttribute('height', box[3]);
	const paper = s('rect', { x: box[0], y: box[1], width: box[2],
		height: box[3], fill: colour('--paper') });
	copy.prepend(paper);
	return new XMLSerializer().serializeToString(copy);
}

/* A file that the browser saves. */
export function save(name, type, text) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 60000);
}
