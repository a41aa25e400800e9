// SPDX-License-Identifier: MIT
/* Draws the charts of a report from the data beside them. Text from the data becomes text only. */
"use strict";
(function () {
	const data = JSON.parse(document.getElementById("data").textContent);
	const root = document.documentElement;
	const HEIGHT = 280, COLOURS = 8, PAPER_WIDTH = 660;
	const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]]; /* more environments than colours */

	const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

	/* --- numbers as people read them --- */

	const digits = (value) => value >= 100 || value === 0 ? value.toFixed(0) : String(+value.toPrecision(3));

	function time(us) {
		if (us == null)
			return "–";
		return us >= 1e6 ? digits(us / 1e6) + " s" : us >= 1e3 ? digits(us / 1e3) + " ms" : digits(us) + " µs";
	}

	function rate(iops) {
		if (iops == null)
			return "–";
		return iops >= 1e3 ? Math.round(iops).toLocaleString("en") : digits(iops);
	}

	/* For an axis: 1.5k, 2M. */
	function short(value) {
		for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]])
			if (Math.abs(value) >= size)
				return +(value / size).toPrecision(4) + unit;
		return String(+value.toPrecision(4));
	}

	/* --- parts of a chart --- */

	const name = (line) => {
		const e = data.environments[line.environment];
		return data.environments.length > 1 ? e.tag + "  " + e.label : e.label;
	};

	function series(line, show, more) {
		const i = line.environment;
		return Object.assign({
			label: name(line), ink: colour("--e" + i % COLOURS), width: 1.75, say: show,
			dash: DASHES[Math.floor(i / COLOURS) % DASHES.length], points: { show: false },
		}, more);
	}

	const axis = (more) => Object.assign({
		stroke: colour("--soft"), font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif",
		labelSize: 18, size: 30, gap: 4, grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 },
	}, more);

	/* Lines of their own x side by side; uPlot wants one x for all. */
	const join = (pairs) => uPlot.join(pairs);

	/* A tenth and ten times are as far from here: each nine of a percentile gets the same room. */
	const nines = (pct) => -Math.log10(1 - pct / 100);
	const NINES = [50, 90, 99, 99.9, 99.99, 99.999, 99.9999];

	/* Powers of ten, and 2 and 5 between them where these are few. */
	function logTicks(u, at, low, high) {
		const ticks = [], few = Math.log10(high / low) < 2.5;
		for (let p = Math.pow(10, Math.floor(Math.log10(low))); p <= high; p *= 10)
			for (const m of few ? [1, 2, 5] : [1])
				if (p * m >= low && p * m <= high)
					ticks.push(p * m);
		return ticks;
	}

	const least = (list, otherwise) => list.length ? Math.min(...list) : otherwise;
	const most = (list, otherwise) => list.length ? Math.max(...list) : otherwise;
	const known = (list) => list.filter((v) => v != null && v > 0);

	/* --- what is drawn: each kind says its axes, series and values --- */

	function latency(index) {
		const lines = data.workloads[index].lines.filter((l) => l.pct);
		const all = lines.flatMap((l) => known(l.us));
		const low = least(all, 1) / 1.15, high = most(all, 10) * 1.15;
		const end = most(lines.map((l) => nines(l.pct[l.pct.length - 1])), 2);
		return {
			head: (x) => "p" + +(100 * (1 - Math.pow(10, -x))).toPrecision(7).replace(/\.?0+$/, ""),
			data: join(lines.map((l) => [l.pct.map(nines), l.us])),
			series: lines.map((l) => series(l, time, { spanGaps: true })),
			scales: { x: { time: false, range: [0, end] }, y: { distr: 3, range: [low, high] } },
			axes: [
				axis({ label: "percentile", splits: () => NINES.map(nines).filter((x) => x <= end + .001),
					values: (u, at) => at.map((x) => "p" + +(100 * (1 - Math.pow(10, -x))).toFixed(4)) }),
				axis({ label: "latency", size: 64, splits: logTicks, filter: (u, at) => at,
					values: (u, at) => at.map(time) }),
			],
		};
	}

	/* Between two rounds the line is broken. */
	function byTime(line, column) {
		const at = [], value = [];
		line.at_s.forEach((t, i) => {
			if (i && line.round[i] !== line.round[i - 1]) {
				at.push((t + line.at_s[i - 1]) / 2);
				value.push(null);
			}
			at.push(t);
			value.push(line[column][i]);
		});
		return [at, value];
	}

	/* Every second round is shaded, where the rounds of all lines are as long. */
	function rounds(lines) {
		const edges = (l) => l.at_s.reduce((to, t, i) =>
			i && l.round[i] !== l.round[i - 1] ? to.concat((t + l.at_s[i - 1]) / 2) : to, []);
		const all = lines.map(edges), first = all[0];
		const alike = all.every((e) => e.length === first.length &&
			e.every((t, i) => Math.abs(t - first[i]) < .05 * (first[i] + 1)));
		const shade = colour("--shade"), ink = colour("--soft");

		return (u) => {
			if (!alike || !first.length)
				return;
			const bounds = [u.scales.x.min, ...first, u.scales.x.max], c = u.ctx, { top, height } = u.bbox;
			c.save();
			c.font = 11 * devicePixelRatio + "px system-ui, sans-serif";
			c.textAlign = "center";
			for (let i = 0; i + 1 < bounds.length; i++) {
				const from = u.valToPos(Math.max(bounds[i], u.scales.x.min), "x", true);
				const to = u.valToPos(Math.min(bounds[i + 1], u.scales.x.max), "x", true);
				if (to <= from)
					continue;
				c.fillStyle = shade;
				if (i % 2)
					c.fillRect(from, top, to - from, height);
				c.fillStyle = ink;
				if (to - from > 18 * devicePixelRatio)
					c.fillText(i + 1, (from + to) / 2, top + 12 * devicePixelRatio);
			}
			c.restore();
		};
	}

	function overTime(index) {
		const lines = data.workloads[index].lines.filter((l) => l.at_s);
		const alone = lines.length === 1;
		const all = lines.flatMap((l) => known(l.iops));
		const pairs = lines.map((l) => byTime(l, "iops"));
		const list = lines.map((l) => series(l, (v) => rate(v) + " IOPS", alone ? { label: "IOPS" } : {}));
		const axes = [axis({ label: "seconds measured; above: the round" }),
			axis({ label: "I/Os per second", size: 56, values: (u, at) => at.map(short) })];
		const scales = { x: { time: false }, y: { range: [0, most(all, 1) * 1.12] } };

		if (alone) { /* there is room for its tail */
			const tail = known(lines[0].p99_us);
			pairs.push(byTime(lines[0], "p99_us"));
			list.push(series(lines[0], time, { label: "p99", scale: "tail", ink: colour("--e1"), width: 1 }));
			scales.tail = { distr: 3, range: [least(tail, 1) / 1.3, most(tail, 10) * 1.3] };
			axes.push(axis({ scale: "tail", side: 1, label: "p99 latency", size: 60, grid: { show: false },
				splits: logTicks, filter: (u, at) => at, values: (u, at) => at.map(time) }));
		}
		return {
			head: (x) => x.toFixed(1) + " s", data: join(pairs), series: list, scales, axes,
			hooks: { drawClear: [rounds(lines)] },
		};
	}

	/* Where the 95 % interval lies, as a bar with ends. */
	function intervals(lines) {
		return (u) => {
			const c = u.ctx, half = 4 * devicePixelRatio;
			c.save();
			c.beginPath();
			c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
			c.clip();
			c.lineWidth = 1.25 * devicePixelRatio;
			lines.forEach((l, n) => {
				if (!u.series[n + 1].show)
					return;
				c.strokeStyle = colour("--e" + l.environment % COLOURS);
				l.at.forEach((at, i) => {
					if (l.low[i] == null || l.high[i] == null)
						return;
					const beside = (n - (lines.length - 1) / 2) * half; /* not on each other */
					const x = u.valToPos(Math.log2(at), "x", true) + beside;
					const low = u.valToPos(l.low[i], "y", true), high = u.valToPos(l.high[i], "y", true);
					c.beginPath();
					c.moveTo(x, low);
					c.lineTo(x, high);
					for (const y of [low, high]) {
						c.moveTo(x - half, y);
						c.lineTo(x + half, y);
					}
					c.stroke();
				});
			});
			c.restore();
		};
	}

	function sweep(index) {
		const of = data.sweeps[index], lines = of.lines.filter((l) => l.at.length);
		const top = most(lines.flatMap((l) => known(l.iops)), 1);
		const high = Math.min(most(lines.flatMap((l) => known(l.high)), top), top * 1.6);
		const steps = [...new Set(lines.flatMap((l) => l.at))].sort((a, b) => a - b).map((x) => Math.log2(x));
		const beside = Math.max(.15, .04 * (steps[steps.length - 1] - steps[0]));

		return {
			head: (x) => of.of + " " + Math.round(Math.pow(2, x)),
			data: join(lines.map((l) => [l.at.map((x) => Math.log2(x)), l.iops])),
			series: lines.map((l) => series(l, (v, x) => {
				const k = l.at.findIndex((at) => Math.abs(Math.log2(at) - x) < 1e-9);
				const range = l.low[k] == null ? "" : ` (95 %: ${rate(l.low[k])} – ${rate(l.high[k])})`;
				return rate(v) + " IOPS" + range + (l.p50_us[k] == null ? "" : ", p50 " + time(l.p50_us[k]));
			}, { spanGaps: true, points: { show: true, size: 6 } })),
			scales: { x: { time: false, range: [steps[0] - beside, steps[steps.length - 1] + beside] },
				y: { range: [0, Math.max(high, top) * 1.08] } },
			axes: [
				axis({ label: of.of, splits: () => steps, filter: (u, at) => at,
					values: (u, at) => at.map((x) => String(Math.round(Math.pow(2, x)))) }),
				axis({ label: "I/Os per second", size: 56, values: (u, at) => at.map(short) }),
			],
			hooks: { draw: [intervals(lines)] },
		};
	}

	/* --- values at the pointer, or where the keys put it --- */

	function tip(spec) {
		const box = document.createElement("div");
		box.className = "tip";
		box.hidden = true;
		box.setAttribute("role", "status");

		function line(text, stroke) {
			const row = document.createElement(stroke ? "div" : "b");
			if (stroke) {
				const mark = document.createElement("span");
				mark.textContent = "■ ";
				mark.style.color = stroke;
				row.append(mark);
			}
			row.append(text);
			box.append(row);
		}

		function set(u) {
			const i = u.cursor.idx, { left, top } = u.cursor;
			box.hidden = i == null || left < 0;
			if (box.hidden)
				return;
			box.replaceChildren();
			line(spec.head(u.data[0][i]));
			u.series.forEach((s, n) => {
				const at = n && s.show ? u.cursor.idxs[n] : null;
				if (at != null && u.data[n][at] != null)
					line(s.label + ": " + s.say(u.data[n][at], u.data[0][at]), s.ink);
			});
			const room = u.over.clientWidth, wide = box.offsetWidth;
			box.style.maxWidth = room + "px";
			box.style.left = Math.max(0, left + wide + 14 > room ? Math.min(left, room) - wide - 10 : left + 12) + "px";
			box.style.top = Math.max(0, Math.min(top + 10, u.over.clientHeight - box.offsetHeight)) + "px";
		}

		return { hooks: { init: [(u) => u.over.append(box)], setCursor: [set] } };
	}

	/* A series without a value just there shows its nearest one. */
	function nearest(u, n, i) {
		const values = u.data[n];
		for (let d = 0; d < 6; d++)
			for (const at of [i - d, i + d])
				if (values[at] != null)
					return at;
		return i;
	}

	function keys(u, plot) {
		const count = () => u.data[0].length;
		const go = (i) => {
			const at = Math.max(0, Math.min(count() - 1, i));
			u.setCursor({ left: u.valToPos(u.data[0][at], "x"), top: u.over.clientHeight / 3 });
		};
		const steps = { ArrowLeft: (i) => i - 1, ArrowRight: (i) => i + 1, PageUp: (i) => i - 10,
			PageDown: (i) => i + 10, Home: () => 0, End: () => count() - 1 };

		plot.onkeydown = (event) => {
			if (event.target !== plot)
				return;
			if (event.key === "Escape")
				u.setCursor({ left: -10, top: -10 });
			else if (steps[event.key])
				go(u.cursor.idx == null ? 0 : steps[event.key](u.cursor.idx));
			else
				return;
			event.preventDefault();
		};
		plot.onfocus = () => { if (u.cursor.idx == null && plot.matches(":focus-visible")) go(0); };
		plot.onblur = () => u.setCursor({ left: -10, top: -10 });
	}

	/* Lines are hidden and shown by their names in the legend. */
	function legendKeys(u) {
		u.root.querySelectorAll(".u-legend .u-series th").forEach((th, i) => {
			const n = i + 1;
			const state = () => th.setAttribute("aria-pressed", String(u.series[n].show));
			th.tabIndex = 0;
			th.setAttribute("role", "button");
			state();
			th.addEventListener("click", () => setTimeout(state));
			th.addEventListener("keydown", (event) => {
				if (event.key !== "Enter" && event.key !== " ")
					return;
				event.preventDefault();
				th.click();
			});
		});
	}

	/* --- the page --- */

	const kinds = { latency, series: overTime, sweep };
	const charts = [];

	function draw(figure) {
		const plot = figure.querySelector(".plot"), spec = kinds[figure.dataset.chart](+figure.dataset.index);
		const lines = spec.series.map((s) => Object.assign(s, { stroke: s.ink }));

		figure.classList.add("drawn");
		plot.tabIndex = 0;
		plot.setAttribute("role", "group");
		plot.setAttribute("aria-label", figure.querySelector("figcaption").textContent +
			": chart; arrow keys read its values, the table below has them too");
		plot.replaceChildren();
		const width = root.classList.contains("print") ? PAPER_WIDTH : plot.clientWidth;
		const u = new uPlot({
			width, height: HEIGHT, series: [{}, ...lines], scales: spec.scales, axes: spec.axes,
			hooks: spec.hooks, plugins: [tip(spec)],
			legend: { live: false, show: true, markers: { width: 0, fill: (v, n) => lines[n - 1].ink } },
			cursor: { dataIdx: nearest, focus: { prox: -1 }, points: { size: 7 }, y: false },
		}, spec.data, plot);
		keys(u, plot);
		legendKeys(u);
		return u;
	}

	function drawAll() {
		charts.forEach((chart) => {
			if (chart.u)
				chart.u.destroy();
			chart.u = draw(chart.figure);
		});
	}

	document.querySelectorAll("details").forEach((details) => { details.open = false; });
	document.querySelectorAll("figure[data-chart]").forEach((figure) => charts.push({ figure }));
	drawAll();

	const sizes = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => {
		const chart = charts.find((c) => c.figure === target.parentNode);
		const width = Math.floor(contentRect.width);
		if (width > 0 && width !== chart.u.width && !root.classList.contains("print"))
			chart.u.setSize({ width, height: HEIGHT });
	}));
	charts.forEach((chart) => sizes.observe(chart.figure.querySelector(".plot")));
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

	/* On paper: light, as wide as a page, every table open. */
	let opened = [];
	addEventListener("beforeprint", () => {
		root.classList.add("print");
		opened = [...document.querySelectorAll("details:not([open])")];
		opened.forEach((details) => { details.open = true; });
		drawAll();
	});
	addEventListener("afterprint", () => {
		root.classList.remove("print");
		opened.forEach((details) => { details.open = false; });
		drawAll();
	});
})();
