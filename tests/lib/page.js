/*
 * Facts of a page for people who cannot see it as it was meant: "name value"
 * lines in the element page-facts, and a line "fault ..." for each thing that
 * the guidelines for accessible content (WCAG 2.1, level AA) would not accept.
 */
(function () {
	var lines = [];
	var all = function (selector) {
		return Array.prototype.slice.call(document.querySelectorAll(selector));
	};
	var fault = function (text) { lines.push('fault ' + text); };
	var count = function (name, selector) {
		lines.push(name + ' ' + all(selector).length);
	};

	if (!document.documentElement.lang) fault('no language');
	if (!document.title.trim()) fault('no title');
	count('h1', 'h1'); count('main', 'main'); count('nav', 'nav[aria-label]');
	count('header', 'body > header'); count('footer', 'body > footer');
	count('tables', 'table'); count('charts', 'svg'); count('rows', 'tbody tr');
	count('scripts', 'script'); count('sections', 'main > section');

	var level = 0;
	all('h1, h2, h3, h4').forEach(function (h) {
		var next = Number(h.tagName[1]);
		if (next > level + 1) fault('heading skips a level: ' + h.textContent);
		level = next;
	});
	all('main > section').forEach(function (s) {
		if (!document.getElementById(s.getAttribute('aria-labelledby')))
			fault('a section without a name');
	});
	all('table').forEach(function (t) {
		if (!t.caption || !t.caption.textContent.trim()) fault('no caption');
		if (!t.querySelector('thead th')) fault('a table without a head');
	});
	all('th').forEach(function (th) {
		if (['col', 'row'].indexOf(th.getAttribute('scope')) < 0)
			fault('th without scope: ' + th.textContent);
	});
	all('svg').forEach(function (svg) {
		var ids = (svg.getAttribute('aria-labelledby') || '').split(' ');
		if (svg.getAttribute('role') !== 'img') fault('svg without a role');
		if (ids.length < 2) fault('svg without title and description');
		ids.forEach(function (id) {
			var e = document.getElementById(id);
			if (!e || !e.textContent.trim()) fault('svg: no text ' + id);
		});
	});
	var seen = {};
	all('[id]').forEach(function (e) {
		if (seen[e.id]) fault('id twice: ' + e.id);
		seen[e.id] = true;
	});
	all('a[href]').forEach(function (a) {
		var href = a.getAttribute('href');
		if (href[0] !== '#') fault('a link out: ' + href);
		else if (!document.getElementById(href.slice(1)))
			fault('a link to nothing: ' + href);
	});
	all('[src], link[href]').forEach(function (e) {
		var from = e.getAttribute('src') || e.getAttribute('href');
		if (from.indexOf('data:') !== 0) fault('it loads ' + from);
	});
	if (document.documentElement.scrollWidth > window.innerWidth)
		fault('wider than the window');

	/* contrast, WCAG 2.1, 1.4.3: of every text with what is behind it */
	var parse = function (text) {
		var n = (text.match(/[\d.]+/g) || []).map(Number);
		return n.length < 3 ? null : n.length < 4 ? n.concat(1) : n;
	};
	var luminance = function (c) {
		var p = c.slice(0, 3).map(function (v) {
			v /= 255;
			return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
		});
		return 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2];
	};
	var behind = function (e) {
		for (; e; e = e.parentElement) {
			var c = parse(getComputedStyle(e).backgroundColor);
			if (c && c[3] > 0.99) return c;
		}
		return [255, 255, 255, 1];
	};
	var least = 99, texts = 0;
	var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		var e = walker.currentNode.parentElement;
		if (!walker.currentNode.textContent.trim()) continue;
		if (/^(SCRIPT|STYLE|TITLE|DESC)$/i.test(e.tagName)) continue;
		var style = getComputedStyle(e);
		var ink = parse(e.ownerSVGElement ? style.fill : style.color);
		var a = luminance(ink) + 0.05, b = luminance(behind(e)) + 0.05;
		var ratio = a > b ? a / b : b / a;
		texts++;
		if (ratio < least) least = ratio;
		if (ratio < 4.5)
			fault('contrast ' + ratio.toFixed(2) + ': ' + e.textContent);
	}
	lines.push('texts ' + texts, 'contrast ' + least.toFixed(2));
	var out = document.createElement('pre');
	out.id = 'page-facts';
	out.textContent = '\n' + lines.join('\n') + '\n';
	document.body.appendChild(out);
})();
