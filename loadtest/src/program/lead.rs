//! `loadtest lead`: prints what those who lead a full meeting wait for.

use super::cli::LeadFlags;
use super::{CLIENT_CORE, command_line, machine, prepare, write};
use loadtest::error::Failure;
use loadtest::material::{Stock, prepared};
use loadtest::peer::Launch;
use loadtest::run::lead::{Wanted, measure};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;

/// A figure, and the most that it may be where something is hoped for.
const LINES: [(&str, &str, Option<f64>); 10] = [
    ("/storm/all_connected_s", "all sites in, s", None),
    ("/storm/answer_ms_p95", "the chair's command while they come in, p95, ms", None),
    ("/floor/answer_ms_p95", "floor granted: answer, p95, ms", None),
    ("/floor/site_sees_stage_ms_p95", "floor granted: a site is told its new stage, p95, ms", Some(300.0)),
    ("/floor/last_site_sees_stage_ms_p95", "floor granted: the last site is told, p95, ms", None),
    ("/mute_all/site_sees_ms_p95", "mute of all: a site is told, p95, ms", Some(300.0)),
    ("/mute_all/last_site_sees_ms_p95", "mute of all: the last site is told, p95, ms", None),
    ("/roll_call/total_s", "roll call of all, s", None),
    ("/roll_call/s_per_site", "roll call, s a site", None),
    ("/roll_call/called_site_sees_itself_ms_p95", "called site sees itself on the stage, p95, ms", None),
];

/// Measures and tells.
///
/// # Errors
/// What kept it from being measured, or a file from being written.
pub fn run(flags: LeadFlags) -> Result<ExitCode, Failure> {
    // Ours and the chair come besides the sites.
    let launch = Launch { places: flags.sites + 8, ..prepare(flags.diemcau) };
    let wanted = Wanted {
        sites: flags.sites,
        grants: flags.grants,
        mutes: flags.mutes,
        thumbnails: flags.thumbnails,
        stock: Arc::new(Stock::open(&prepared("bench-material"))),
        core: CLIENT_CORE,
        keep: flags.keep,
    };
    let mut result = measure(&launch, &wanted)?;
    for (place, words, most) in LINES {
        let value = result.pointer(place).and_then(Value::as_f64);
        let value_said = value.map_or_else(|| "not measured".to_owned(), |value| format!("{value}"));
        let judged = match (value, most) {
            (Some(value), Some(most)) => {
                format!("  ({} {most})", if value <= most { "reached, at most" } else { "MISSED, at most" })
            }
            _ => String::new(),
        };
        println!("{words:<60} {value_said:>10}{judged}");
    }
    result["about"] = json!({
        "command": command_line(),
        "machine": machine::name(),
        "commit": machine::commit(),
        "date": machine::date(),
        "material": if wanted.stock.is_real { "camera" } else { "made up" },
    });
    write(flags.json.as_deref(), || format!("{result:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}
