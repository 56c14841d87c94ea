//! `diemcau`: the all-in-one server and its command line.
//!
//! Reads the command, loads the configuration and hands over; exit status 0 is success, 1 a
//! failure, 2 wrong flags or settings.

mod admin;
mod bench;
mod cli;
mod config;
mod data_folder;
mod demo;
mod failure;
mod journal;
mod keeper;
mod log;
mod media;
mod memory;
mod mixer;
mod node;
mod password;
mod people;
mod private_file;
mod recorder;
mod serve;
mod tls;
mod token;

use clap::Parser;
use cli::{AdminCommand, Cli, Command, JournalCommand, PeopleCommand, RelayCommand, SettingFlags};
use config::{Config, Log, LogFormat, Problem};
use data_folder::DataFolder;
use failure::Failure;
use signalling_server::auth::ServerKey;
use signalling_server::{Clock, Timestamp};
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Exit status for wrong flags or settings, as clap has it.
const WRONG_SETTINGS: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Version) {
        println!("diemcau {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    if matches!(cli.command, Command::Serve { .. } | Command::MediaWorker { .. }) {
        memory::look_after();
    }
    if let Command::MediaWorker { log_json, log_filter } = cli.command {
        return media_worker(log_json, log_filter);
    }
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
    let asks_machine = matches!(cli.command, Command::CheckConfig | Command::Serve { .. });
    let config = match config::load(&cli.settings.sources(variables)) {
        Ok(config) => config,
        Err(mut rejected) => {
            if let Some(rest) = rejected.rest.filter(|_| asks_machine) {
                rejected.problems.extend(config::surroundings::problems(&rest, &rejected.refused));
            }
            return refuse(&rejected.problems);
        }
    };
    if asks_machine {
        let problems = config::surroundings::problems(&config, &BTreeSet::new());
        if !problems.is_empty() {
            return refuse(&problems);
        }
    }
    match carry_out(cli.command, &cli.settings, &config) {
        Ok(status) => status,
        Err(failure) => {
            eprintln!("diemcau: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: Command, settings: &SettingFlags, config: &Config) -> Result<ExitCode, Failure> {
    if matches!(command, Command::CheckConfig) {
        println!("Thiết lập dùng được · The settings are good\n{config:#?}");
        let certificate = tls::report(config, tls::unix_now_s());
        println!("Chứng thư · Certificate: {}", certificate.says);
        for warning in certificate.warnings {
            eprintln!("diemcau: warning: {warning}");
        }
        if config.relay.is_some() {
            let says = node::read(&node::files(config)).map_or_else(
                |_| "diemcau relay identity".to_owned(),
                |identity| node::printed(identity.fingerprint()),
            );
            println!("Nút này · This node (relay.trusted): {says}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    log::start(&config.log);
    if let Command::Bench { json, write } = command {
        return bench::run(config, settings, &bench::Asked { json, write });
    }
    let folder = DataFolder::open(&config.data)?;
    if matches!(command, Command::Relay { command: RelayCommand::Identity }) {
        println!("{}", node::printed(node::identity(config)?.fingerprint()));
        return Ok(ExitCode::SUCCESS);
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Runtime)?;
    runtime.block_on(async {
        match command {
            Command::Serve { demo } => serve::run(config, &folder, demo).await?,
            Command::Token { conference, name, role, site, expires_h } => {
                let role = serde_json::from_value(role.into()).expect("clap took only known roles");
                let asked = token::Asked { conference, name, role, site, expires_h };
                let store = serve::open_store(config).await?;
                let key = ServerKey::new(*folder.secret());
                let base = serve::base_url(config);
                let issued = token::issue(&store, &key, &asked, &base, Clock::Wall.now_ms()).await;
                store.close().await;
                issued?;
            }
            Command::Journal { command: JournalCommand::Verify } => {
                return journal::verify(config).await;
            }
            Command::Admin { command: AdminCommand::Create { user, name, unit } } => {
                let store = serve::open_store(config).await?;
                let asked = admin::NewAdministrator { user, name, unit };
                let created = admin::create(&store, asked, Timestamp(Clock::Wall.now_ms())).await;
                store.close().await;
                created?;
            }
            Command::Admin { command: AdminCommand::ResetSecondFactor { user } } => {
                let store = serve::open_store(config).await?;
                let reset = admin::reset_second_factor(&store, &user).await;
                store.close().await;
                reset?;
            }
            Command::People { command: PeopleCommand::Import { file, apply } } => {
                let store = serve::open_store(config).await?;
                let now = Timestamp(Clock::Wall.now_ms());
                let imported = people::import(&store, &folder, &file, apply, now).await;
                store.close().await;
                imported?;
            }
            Command::Bench { .. }
            | Command::CheckConfig
            | Command::Version
            | Command::Relay { .. }
            | Command::MediaWorker { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Runs as a media process; its settings come from the server that started it.
fn media_worker(log_json: bool, filter: String) -> ExitCode {
    let format = if log_json { LogFormat::Json } else { LogFormat::Text };
    log::start(&Log { format, filter });
    match media_server::run_media_worker() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "media process ends");
            ExitCode::FAILURE
        }
    }
}

/// Tells every problem, one a line.
fn refuse(problems: &[Problem]) -> ExitCode {
    for problem in problems {
        eprintln!("diemcau: {problem}");
    }
    ExitCode::from(WRONG_SETTINGS)
}
