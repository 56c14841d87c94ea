//! Why a command ended badly; each is one line on standard error.
//!
//! Made by the commands, printed by `main` alone.

use crate::data_folder::DataFolderFailure;
use crate::node::NodeFailure;
use crate::tls::Unusable;
use media_server::MediaFailure;
use signalling_server::ServeFailure;
use signalling_server::auth::rules::{LEAST_ALONE, PasswordRule};
use signalling_server::journal::JournalFailure;
use signalling_server::store::StoreFailure;
use std::io;

/// A command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    DataFolder(#[from] DataFolderFailure),
    #[error("certificate {0}")]
    Certificate(#[from] Unusable),
    #[error("database: {0}{behind}", behind = causes(.0))]
    Store(#[from] StoreFailure),
    #[error("{0}{behind}", behind = causes(.0))]
    Journal(#[from] JournalFailure),
    #[error("media: {0}{behind}", behind = causes(.0))]
    Media(#[from] MediaFailure),
    #[error("cannot make the folder for the sockets of media processes: {0}")]
    MediaFolder(io::Error),
    #[error("the recorder cannot be started: {0}")]
    Recorder(std::io::Error),
    #[error("the mixer cannot be started: {0}")]
    Mixer(io::Error),
    #[error("mail: cannot read {path}: {source}")]
    MailFile { path: String, source: io::Error },
    #[error("relay: {0}")]
    Node(#[from] NodeFailure),
    #[error(transparent)]
    Relay(#[from] media_turn::NoRandom),
    #[error(transparent)]
    Serve(#[from] ServeFailure),
    #[error("the runtime cannot start: {0}")]
    Runtime(io::Error),
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
    #[error("demo accounts in {file} cannot be used ({cause}); remove the file to get new passwords")]
    DemoAccounts { file: String, cause: String },
    #[error("there is no conference `{0}`; it is made in the browser or by `serve --demo`")]
    NoSuchConference(String),
    #[error("`{conference}` invites no site `{site}`")]
    NoSuchSite { site: String, conference: String },
    #[error("`{0}` is no conference id: 1 to 64 characters of a-z, 0-9 and inner hyphens")]
    BadConferenceId(String),
    #[error("--{flag} has {characters} characters, {least} to {limit} are possible")]
    Length { flag: &'static str, characters: usize, least: usize, limit: usize },
    #[error("there is an account `{0}` already")]
    UserTaken(String),
    #[error("{file}: {cause}")]
    File { file: String, cause: io::Error },
    #[error("bench: {0}{behind}", behind = causes(.0))]
    Bench(#[from] loadtest::error::Failure),
    #[error("this program does not know where it lies: {0}")]
    Program(io::Error),
    #[error("{file} is left as it is: {why}; put `places = {places}` under [limits] yourself")]
    SettingsFile { file: String, why: String, places: u32 },
    #[error("import: {0}{behind}", behind = causes(.0))]
    Import(#[from] signalling_server::people::ImportFailure),
    #[error("there is no account `{0}`")]
    NoSuchUser(String),
    #[error("the password is too weak, at least {LEAST_ALONE} are needed: {lacks}", lacks = list(.0))]
    WeakPassword(Vec<PasswordRule>),
    #[error("the two passwords differ")]
    PasswordsDiffer,
    #[error("the password cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("the password cannot be used: {0}")]
    Password(#[from] signalling_server::auth::password::PasswordRefused),
}

fn list(broken: &[PasswordRule]) -> String {
    broken.iter().map(PasswordRule::to_string).collect::<Vec<_>>().join("; ")
}

/// What lies behind an error, each after a colon.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = String::new();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text.replace('\n', " ")
}
