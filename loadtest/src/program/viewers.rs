//! `loadtest viewers`. Its keys in JSON are read by other programs and stay as they are.

use super::cli::ViewersFlags;
use super::{CLIENT_CORE, command_line, machine, prepare, write};
use loadtest::error::Failure;
use loadtest::material::{Stock, prepared};
use loadtest::peer::Launch;
use loadtest::run::viewers::{Cost, Wanted, measure};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// The most that one more player may add, in percent of a core.
const AIM_PERCENT: f64 = 0.08;

/// Measures and tells.
///
/// # Errors
/// What kept it from being measured, or the file from being written.
pub fn run(flags: ViewersFlags) -> Result<ExitCode, Failure> {
    let launch = Launch { places: flags.count + flags.cameras + 8, ..prepare(flags.diemcau) };
    let wanted = Wanted {
        count: flags.count,
        cameras: flags.cameras,
        length: Duration::from_secs(flags.seconds),
        stock: Arc::new(Stock::open(&prepared("bench-material"))),
        core: CLIENT_CORE,
    };
    let measured = measure(&launch, &wanted)?;
    let percent = measured.cpu_percent_per_viewer();
    let judged = if percent <= AIM_PERCENT { "reached" } else { "MISSED" };
    println!("{:<44} {percent:>9.4} % of a core  ({judged}, at most {AIM_PERCENT})", "one more player adds");
    let encodes = measured.all.encodes;
    let judged = if encodes <= 1.0 { "reached" } else { "MISSED" };
    println!("{:<44} {encodes:>9}  ({judged}, at most 1)", "encodes of the composed picture");
    for cost in [measured.one, measured.all] {
        println!(
            "{:<44} {:>9.1} % of a core, {:.2} Mbit/s each",
            format!("server with {} players", cost.players),
            cost.cpu_percent,
            cost.mbit_per_player
        );
    }
    let result = json!({
        "cpu_percent_per_viewer": rounded(percent),
        "encodes": encodes,
        "viewers": flags.count,
        "cameras": flags.cameras,
        "seconds": flags.seconds,
        "first_frame_max_s": measured.first_frame_max_s.map(rounded),
        "with_one": told(&measured.one),
        "with_all": told(&measured.all),
        "about": {
            "command": command_line(),
            "machine": machine::name(),
            "commit": machine::commit(),
            "date": machine::date(),
            "material": if wanted.stock.is_real { "camera" } else { "made up" },
        },
    });
    write(flags.json.as_deref(), || format!("{result:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn told(cost: &Cost) -> Value {
    json!({
        "viewers": cost.players,
        "server_cpu_percent": rounded(cost.cpu_percent),
        "encodes": cost.encodes,
        "mbit_per_s_per_viewer": rounded(cost.mbit_per_player),
        "delivered_ratio": rounded(cost.delivered_ratio),
        "viewers_without_picture": cost.without_picture,
    })
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
