//! The page that shows what a viewer of a whole meeting gets over each line.

use super::Served;
use super::allocation::{SHARES, Second};
use super::trace::Trace;
use std::fmt::Write;
use std::path::Path;

type Results = [(Served, Vec<Second>, Trace)];

const COLOURS: [&str; 5] = ["#146c2e", "#0b57d0", "#8e4ec6", "#e8a33d", "#9aa0a6"];
const TOP_KBPS: u64 = 5_000;

/// One line a trace.
pub fn table(results: &Results) -> String {
    let mut text = String::from(
        "trace            voice whole %  p95 ms  stage moves %  document moves %  small of 8  line used %\n",
    );
    for (it, _, trace) in results {
        writeln!(
            text,
            "{:16} {:13} {:7} {:14} {:17} {:>9}.{} {:12}",
            trace.name,
            it.voice_percent,
            it.voice_p95_ms,
            it.stage_percent,
            it.document_percent,
            it.small_tenths / 10,
            it.small_tenths % 10,
            it.used_percent
        )
        .expect("a string takes all");
    }
    text
}

/// Writes the page with table and plots.
pub fn write(results: &Results) {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A meeting over access lines</title>\
         <style>body{font:14px/1.5 system-ui;margin:2rem auto;max-width:64rem}svg{width:100%;height:auto;\
         background:#f8f9fb}pre{overflow:auto}</style><h1>What a viewer gets over access lines</h1>\
         <p>A room of ten senders on a simulated clock: a stage of 720 lines who speaks, a shared document, eight \
         small pictures, a second voice now and then. Stacked: what arrives over the seconds, each plot as high as its line or 5,000 kbit/s. \
         Outline: what the line carries; dashed: what it is believed to carry; red lines below: pictures paused, one \
         row each. A moving picture is one of which five frames a second are whole. Written by \
         <code>UPDATE_GENERATED=1 cargo test --workspace --test link_traces</code>.</p>",
    );
    write!(page, "<pre>{}</pre><p>", table(results)).expect("a string takes all");
    for ((_, name), colour) in SHARES.iter().zip(COLOURS) {
        write!(page, " <b style=\"color:{colour}\">\u{25a0} {name}</b>").expect("a string takes all");
    }
    page += "</p>";
    for (_, seconds, trace) in results {
        write!(page, "<h2>{}</h2><p>{}</p>{}", trace.name, trace.about, plot(seconds))
            .expect("a string takes all");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/benchmarks");
    std::fs::create_dir_all(&folder).expect("docs can be written");
    std::fs::write(folder.join("allocation.html"), page + "</html>\n").expect("docs can be written");
}

fn plot(seconds: &[Second]) -> String {
    let x = |at: usize| at * 1000 / seconds.len().max(1);
    let most = seconds.iter().map(|second| second.capacity_kbps).max().unwrap_or(0);
    let top = (most * 6 / 5).clamp(100, TOP_KBPS);
    let y = |kbps: u64| 200 - kbps.min(top) * 200 / top;
    let line = |value: &dyn Fn(&Second) -> u64| -> String {
        let points = seconds.iter().enumerate().map(|(at, second)| format!("{},{}", x(at), y(value(second))));
        points.collect::<Vec<_>>().join(" ")
    };
    let mut svg = String::from("<svg viewBox=\"0 0 1000 252\" role=\"img\">");
    // From the top of the stack down, so that each covers what is below its own edge.
    for (at, colour) in COLOURS.iter().enumerate().rev() {
        let upto = line(&|second| second.kbps[..=at].iter().sum());
        write!(svg, "<polyline points=\"0,200 {upto} 1000,200\" fill=\"{colour}\"/>")
            .expect("a string takes all");
    }
    for (value, style) in [
        (line(&|second| second.capacity_kbps), "stroke=\"#1f1f1f\""),
        (line(&|second| second.estimate_kbps), "stroke=\"#b3261e\" stroke-dasharray=\"6 4\""),
    ] {
        write!(svg, "<polyline points=\"{value}\" fill=\"none\" stroke-width=\"1.5\" {style}/>")
            .expect("a string takes all");
    }
    for row in 0..10 {
        let mut from = None;
        for at in 0..=seconds.len() {
            match (from, seconds.get(at).is_some_and(|second| second.paused > row)) {
                (None, true) => from = Some(at),
                (Some(began), false) => {
                    let (left, width) = (x(began), x(at) - x(began));
                    write!(
                        svg,
                        "<path d=\"M{left} {}h{width}\" stroke=\"#b3261e\" stroke-width=\"3\"/>",
                        207 + row * 4
                    )
                    .expect("a string takes all");
                    from = None;
                }
                _ => {}
            }
        }
    }
    svg + "</svg>"
}
