//! `loadtest mix`. Its keys in JSON are read by other programs and stay as they are.

use super::cli::MixFlags;
use super::{SERVER_CORE, beside_us, command_line, machine, write};
use loadtest::error::Failure;
use loadtest::material::prepared;
use loadtest::peer::process::pin_to;
use loadtest::run::mix::{Cost, Wanted, gstreamer, ours, sound};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Measures ours and GStreamer in turn.
///
/// # Errors
/// What kept ours from being measured, or the file from being written.
pub fn run(flags: MixFlags) -> Result<ExitCode, Failure> {
    let wanted = Wanted {
        layouts: flags.layouts,
        sources: flags.sources,
        seconds: flags.seconds,
        kinds: flags.kinds.name(),
        material: prepared("bench-material"),
        mix_load: flags.mix_load.unwrap_or_else(|| beside_us("mix-load")),
    };
    // What is started inherits it: all of it shares one core, however many threads it has.
    let _ = pin_to(SERVER_CORE);
    let mut costs = Vec::new();
    let mut others: Result<Vec<Cost>, Failure> = Ok(Vec::new());
    let (mut sounds, mut sound_told) = (Vec::new(), Value::Null);
    let mut other_sounds: Result<Vec<f64>, Failure> = Ok(Vec::new());
    for run in 0..flags.runs {
        costs.push(ours(&wanted)?);
        // One that is missing now is missing in the next run too.
        if let Ok(before) = &mut others {
            match gstreamer(&wanted) {
                Ok(cost) => before.push(cost),
                Err(failure) => others = Err(failure),
            }
        }
        let (percent, told) = sound::ours(&wanted)?;
        sounds.push(percent);
        sound_told = told;
        if let Ok(before) = &mut other_sounds {
            match sound::gstreamer(&wanted) {
                Ok(percent) => before.push(percent),
                Err(failure) => other_sounds = Err(failure),
            }
        }
        eprintln!("run {} of {} done", run + 1, flags.runs);
    }
    let mine = figures(&wanted, &costs);
    let mut peer = match &others {
        Ok(costs) => figures(&wanted, costs),
        Err(failure) => json!({ "skipped": failure.to_string() }),
    };
    let mut result = mine.clone();
    let sound = median(&mut sounds);
    result["percent_core_audio"] = json!(rounded(sound));
    result["percent_core_audio_of_each_run"] =
        json!(sounds.iter().map(|it| rounded(*it)).collect::<Vec<_>>());
    result["audio"] = json!({
        "sources": sound::SOURCES, "heard": sound::HEARD, "encodes": sound::ENCODES, "details": sound_told,
    });
    let other_sound = match &mut other_sounds {
        Ok(percents) => {
            let percent = median(percents);
            peer["percent_core_audio"] = json!(rounded(percent));
            format!("{percent:.1} %")
        }
        Err(failure) => {
            peer["audio_skipped"] = json!(failure.to_string());
            format!("left out: {failure}")
        }
    };
    result["layouts"] = json!(wanted.layouts);
    result["sources"] = json!(wanted.sources);
    result["seconds"] = json!(wanted.seconds);
    result["kinds"] = json!(wanted.kinds);
    result["runs"] = json!(flags.runs);
    result["details"] = costs.last().map_or(Value::Null, |it| it.told.clone());
    result["peers"] = json!({ "gstreamer": peer });
    result["about"] = json!({
        "command": command_line(),
        "machine": machine::name(),
        "commit": machine::commit(),
        "date": machine::date(),
    });
    println!("{:<12} {:>16} {:>24}", "", "layouts a core", "% of a core a layout");
    for (name, it) in [("media-mix", &mine), ("gstreamer", &peer)] {
        match (it["layouts_per_core"].as_f64(), it["percent_core_per_layout"].as_f64()) {
            (Some(carried), Some(percent)) => println!("{name:<12} {carried:>16.2} {percent:>24.1}"),
            _ => println!("{name:<12} left out: {}", it["skipped"].as_str().unwrap_or_default()),
        }
    }
    println!(
        "sound of {} microphones, {} heard, {} encodes: {sound:.2} % of a core (aim: at most {} %); gstreamer, all decoded, one encode: {other_sound}",
        sound::SOURCES,
        sound::HEARD,
        sound::ENCODES,
        sound::AIM_PERCENT,
    );
    write(flags.json.as_deref(), || format!("{result:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Medians, and the runs that they are of.
fn figures(wanted: &Wanted, costs: &[Cost]) -> Value {
    let mut percents: Vec<f64> = costs.iter().map(|it| wanted.percent_core_per_layout(it)).collect();
    let percent = median(&mut percents);
    json!({
        "layouts_per_core": rounded(100.0 / percent),
        "percent_core_per_layout": rounded(percent),
        "percent_core_per_layout_of_each_run": costs.iter().map(|it| rounded(wanted.percent_core_per_layout(it))).collect::<Vec<_>>(),
    })
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
