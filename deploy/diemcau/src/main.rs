//! `diemcau`: the all-in-one server and its command line.
//!
//! Reads the command, loads the configuration and hands over; exit status 0 is success, 1 a
//! failure, 2 wrong flags or settings.

mod certificate;
mod cli;
mod config;
mod data_folder;
mod demo;
mod password;
mod private_file;

use clap::Parser;
use cli::{Cli, Command};
use config::{Config, Problem};
use std::process::ExitCode;

/// Exit status for wrong flags or settings, as clap has it.
const WRONG_SETTINGS: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Version) {
        println!("diemcau {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    let config = match config::load(&cli.settings.sources(std::env::vars())) {
        Ok(config) => config,
        Err(problems) => return refuse(&problems),
    };
    match cli.command {
        Command::CheckConfig => check_config(&config),
        _ => ExitCode::FAILURE,
    }
}

fn check_config(config: &Config) -> ExitCode {
    let problems = config::surroundings::problems(config);
    if !problems.is_empty() {
        return refuse(&problems);
    }
    println!("Thiết lập dùng được · The settings are good: {config:#?}");
    ExitCode::SUCCESS
}

/// Tells every problem, one a line.
fn refuse(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("diemcau: {problem}");
    }
    ExitCode::from(WRONG_SETTINGS)
}
