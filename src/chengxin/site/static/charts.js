/* Charts: the option stands beside the figure as JSON, the colours come from tokens.css, the table behind it is always there. */
"use strict";

(function () {
  const drawn = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function dress(option) {
    const ink = token("--ink"), muted = token("--muted"), line = token("--line");
    const axis = { axisLine: { lineStyle: { color: muted } }, axisTick: { show: false }, axisLabel: { color: muted, fontSize: 12, hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
    const each = (given, more) => (Array.isArray(given) ? given : [given || {}]).map((one) => ({ ...axis, ...more, ...one, axisLabel: { ...axis.axisLabel, ...(one.axisLabel || {}) } }));
    return {
      animation: false,
      color: ["--series-1", "--series-2", "--series-3", "--series-4"].map(token),
      textStyle: { fontFamily: token("--sans"), color: ink },
      grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
      tooltip: { show: false },
      aria: { enabled: false },
      ...option,
      legend: option.legend && { ...option.legend, textStyle: { color: ink } },
      xAxis: each(option.xAxis, {}),
      yAxis: each(option.yAxis, {}),
      series: (option.series || []).map((one) => ({ ...one, label: { color: ink, fontSize: 12, ...(one.label || {}) }, endLabel: { color: ink, fontSize: 12, ...(one.endLabel || {}) } })),
    };
  }
  function draw(canvas) {
    const source = document.getElementById(canvas.dataset.option);
    if (!source) return;
    let chart = drawn.get(canvas);
    if (!chart) { chart = echarts.init(canvas, null, { renderer: "canvas" }); drawn.set(canvas, chart); }
    chart.setOption(dress(JSON.parse(source.textContent)), true);
  }
  const drawAll = () => document.querySelectorAll(".chart-canvas").forEach(draw);
  drawAll();
  document.addEventListener("htmx:afterSettle", drawAll);
  window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
