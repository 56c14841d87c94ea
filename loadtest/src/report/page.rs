//! One HTML page with plots of a run: nothing to install, nothing fetched.
//!
//! Made from the samples that each server's run has. Draws what was measured and judges nothing.

use crate::run::engine::{Outcome, Sample};
use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 160.0;
const COLOURS: [&str; 6] = ["#b3261e", "#1f5fa8", "#2e7d32", "#8a5a00", "#6a1b9a", "#00696b"];

/// What is drawn, with its unit.
type Plot = (&'static str, fn(&Sample) -> f64);

const PLOTS: [Plot; 8] = [
    ("Forwarding delay inside the server, p50 of each second, ms", |it| it.delay_p50_us as f64 / 1000.0),
    ("Forwarding delay inside the server, p99 of each second, ms", |it| it.delay_p99_us as f64 / 1000.0),
    ("Loss, % of the packets of each second", |it| it.loss_ratio * 100.0),
    ("Packets a second, all receivers", |it| it.packets_per_s),
    ("Bit rate, all receivers, Mbit/s", |it| it.bits_per_s / 1e6),
    ("CPU of the server, % of a core", |it| it.server_cpu * 100.0),
    ("CPU of the clients, % of a core", |it| it.client_cpu * 100.0),
    ("Memory of the server, MiB", |it| it.resident_bytes as f64 / 1024.0 / 1024.0),
];

/// A line of every plot: how it is called, and the run that it shows.
pub type Drawn<'a> = (String, &'a Outcome);

/// The page; `table` is what the terminal showed, `command` how it was made.
#[must_use]
pub fn page(title: &str, drawn: &[Drawn<'_>], table: &str, command: &str) -> String {
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>loadtest</title>\n<style>body{{font:15px/1.5 \
         system-ui,sans-serif;max-width:720px;margin:2rem auto;padding:0 1rem;color:#1c1b1f}}pre{{overflow-x:auto;\
         background:#f4f4f6;padding:.8rem}}svg{{width:100%;height:auto}}h2{{font-size:1rem;margin:1.6rem 0 .2rem}}\
         </style>\n<h1>{}</h1>\n<pre>{}</pre>\n<pre>{}</pre>\n",
        escaped(title),
        escaped(command),
        escaped(table)
    );
    for (plotted, value) in PLOTS {
        let _ = write!(text, "<h2>{plotted}</h2>\n{}\n", plot(drawn, plotted, value));
    }
    text.push_str("</html>\n");
    text
}

fn plot(drawn: &[Drawn<'_>], title: &str, value: fn(&Sample) -> f64) -> String {
    let all = || drawn.iter().flat_map(|(_, it)| &it.samples);
    let most = all().map(value).fold(0.0, f64::max).max(1e-9);
    let last = all().map(|it| it.at.as_secs_f64()).fold(0.0, f64::max).max(1e-9);
    let (left, top) = (56.0, 8.0);
    let x = |seconds: f64| left + (WIDTH - left - 90.0) * seconds / last;
    let y = |value: f64| top + (HEIGHT - top - 24.0) * (1.0 - value / most);
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">");
    for share in [0.0, 0.5, 1.0] {
        let (at, shown) = (y(most * share), number(most * share));
        let _ = write!(
            svg,
            "<line x1=\"{left}\" x2=\"{:.0}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/><text x=\"{:.0}\" \
             y=\"{:.1}\" font-size=\"11\" text-anchor=\"end\">{shown}</text>",
            x(last),
            left - 6.0,
            at + 4.0
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.0}\" y=\"{:.0}\" font-size=\"11\" text-anchor=\"end\">{last:.0} s</text>",
        x(last),
        HEIGHT - 6.0
    );
    for (place, (name, outcome)) in drawn.iter().enumerate() {
        let colour = COLOURS[place % COLOURS.len()];
        let points: Vec<String> = outcome
            .samples
            .iter()
            .map(|it| format!("{:.1},{:.1}", x(it.at.as_secs_f64()), y(value(it))))
            .collect();
        let _ = write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/><text x=\"{:.0}\" y=\"{:.0}\" \
             font-size=\"12\" fill=\"{colour}\">{}</text>",
            points.join(" "),
            x(last) + 8.0,
            top + 12.0 + 16.0 * place as f64,
            escaped(name)
        );
    }
    svg.push_str("</svg>");
    svg
}

fn number(value: f64) -> String {
    match value {
        it if it >= 1e6 => format!("{:.1} M", it / 1e6),
        it if it >= 1e4 => format!("{:.0} k", it / 1e3),
        it if it >= 10.0 => format!("{it:.0}"),
        it => format!("{it:.1}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_any_server_is_still_a_page_and_names_are_escaped() {
        let page = page("Forwarding", &[], "<b> skipped", "loadtest forward");
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        assert!(page.contains("&lt;b&gt; skipped") && !page.contains("<b>"));
        assert_eq!(page.matches("<svg").count(), PLOTS.len());
    }

    #[test]
    fn numbers_on_the_axis_are_short() {
        let shown: Vec<String> = [0.0, 2.5, 40.0, 83_100.0, 7.2e6].map(number).into();
        assert_eq!(shown, ["0.0", "2.5", "40", "83 k", "7.2 M"]);
    }
}
