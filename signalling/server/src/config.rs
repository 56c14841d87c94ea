//! Settings of the signalling server, already checked and typed.
//!
//! Filled by `deploy/diemcau` from file, environment and flags.

use crate::auth::{AccountPolicy, ServerKey};
use crate::clock::Clock;
use crate::http::ServedCertificate;
use crate::private::Private;
use crate::rate::Rate;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where and how the signalling server serves.
#[derive(Clone, Debug)]
pub struct SignallingConfig {
    /// Address of the one HTTPS and WSS listener; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the listener shows; may change while it listens.
    pub certificate: Arc<ServedCertificate>,
    /// Root of the authority that issued it, when that is our own.
    pub local_root: Option<LocalRoot>,
    /// Folder of the journal's key and exported heads.
    pub data_folder: PathBuf,
    /// Built web client (`web-client/dist`); `None` serves the API alone.
    pub web_root: Option<PathBuf>,
    /// Signs tokens, guest cookies and resume tokens.
    pub server_key: ServerKey,
    /// Origins (`https://host[:port]`) that may call besides the one in the request's own `Host`.
    pub extra_origins: Vec<String>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where the time comes from; anything but [`Clock::Wall`] is for tests.
    pub clock: Clock,
    /// What accounts need beyond a right password.
    pub accounts: AccountPolicy,
    pub limits: Limits,
    /// Where people reach this server, without a slash at its end; stands in mails and calendars.
    pub public_address: String,
    /// How mails leave; without it they are kept and none is sent.
    pub mail: Option<MailSettings>,
    /// Networks that are not public and to which web-hooks may go all the same.
    pub webhook_networks: Vec<IpNet>,
}

/// A mail server, and what is sent by it.
#[derive(Clone, Debug)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub encryption: MailEncryption,
    /// Name and password, where the server wants them.
    pub credentials: Option<(String, Private<String>)>,
    /// Root certificates (PEM) that are trusted beside those of the machine.
    pub authority: Option<Vec<u8>>,
    /// The address mails come from.
    pub from: String,
    /// Minutes before the start at which people are reminded.
    pub reminders: Vec<u32>,
    /// Longest that one attempt may take.
    pub patience: Duration,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailEncryption {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, refused without it.
    StartTls,
    /// In the clear: for a server on this very machine or network.
    None,
}

impl SignallingConfig {
    /// Settings with default limits, no web client and no proxies.
    #[must_use]
    pub fn new(
        listen: SocketAddr,
        certificate: Arc<ServedCertificate>,
        data_folder: PathBuf,
        server_key: ServerKey,
    ) -> Self {
        Self {
            listen,
            certificate,
            local_root: None,
            data_folder,
            web_root: None,
            server_key,
            extra_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            clock: Clock::Wall,
            accounts: AccountPolicy::default(),
            limits: Limits::default(),
            public_address: format!("https://localhost:{}", listen.port()),
            mail: None,
            webhook_networks: Vec::new(),
        }
    }
}

/// Longest life of a token of `diemcau token`.
pub const LONGEST_TOKEN: Duration = Duration::from_secs(720 * 3600);

/// Certificate of the local authority, which people install on their machines.
#[derive(Clone, Debug)]
pub struct LocalRoot {
    pub der: Vec<u8>,
    /// Name under which the systems list it.
    pub name: String,
    pub expires_at_ms: i64,
}

/// Every number that bounds the server. The defaults let all 277 sites of a province come from
/// behind one address at the same minute.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open TCP connections, all addresses together.
    pub sockets: usize,
    /// People, rooms, encoders and players inside all conferences together.
    pub places: usize,
    /// Open TCP connections of one address.
    pub sockets_per_address: usize,
    /// HTTP requests of one address, pages and files included.
    pub requests_per_address: Rate,
    /// WebSocket connects of one address by people who are not known: no, wrong or old identity.
    pub connects_per_address: Rate,
    /// WebSocket connects of one person.
    pub connects_per_person: Rate,
    /// Logins and token logins of one address.
    pub logins_per_address: Rate,
    /// New guests of one address.
    pub guests_per_address: Rate,
    /// Steps of the connection test of one address; a whole test takes about 40.
    pub checks_per_address: Rate,
    /// Requests of programs (WHIP, WHEP) of one address without a good token.
    pub strangers_per_address: Rate,
    /// New conferences of one person.
    pub conferences_per_person: Rate,
    /// Addresses or persons remembered by each of these tables.
    pub rate_table_entries: usize,
    /// Passwords verified at once; each holds 19 MiB and a core.
    pub password_checks: usize,
    /// Passwords that wait for verification.
    pub password_queue: usize,
    /// Largest body of an API request in bytes.
    pub body_bytes: usize,
    /// Largest file of people or units in bytes.
    pub import_bytes: usize,
    /// Conferences with a running task.
    pub running_conferences: usize,
    /// Programs without a browser (WHIP, WHEP) in one conference at once.
    pub visitors_per_conference: usize,
    /// The same of one token or account, in all conferences.
    pub visitors_per_person: usize,
    /// A login ends after so long in which nobody did anything; a live call counts as doing.
    pub session_idle: Duration,
    /// The same for administrators.
    pub administrator_idle: Duration,
    /// How often a live call moves the idle end of its session, and looks whether it still lives.
    pub session_keep: Duration,
    /// A login ends after so long in any case.
    pub session_life: Duration,
    /// A guest's identity lasts so long.
    pub guest_life: Duration,
    /// Guests and bearers of tokens are deleted so long after they or their conference were last
    /// seen; at least [`LONGEST_TOKEN`], so that nobody goes whose token is still good.
    pub guest_kept: Duration,
    /// A connection that says nothing for so long is dead.
    pub silence: Duration,
    /// How long requests in flight may take when the server stops.
    pub stop_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sockets: 20_000,
            places: 2_000,
            sockets_per_address: 4_000,
            requests_per_address: Rate { burst: 8_000, per_second: 400.0 },
            connects_per_address: Rate { burst: 600, per_second: 10.0 },
            connects_per_person: Rate { burst: 60, per_second: 1.0 },
            logins_per_address: Rate { burst: 400, per_second: 5.0 },
            guests_per_address: Rate { burst: 400, per_second: 5.0 },
            checks_per_address: Rate { burst: 400, per_second: 10.0 },
            strangers_per_address: Rate { burst: 20, per_second: 0.2 },
            conferences_per_person: Rate { burst: 20, per_second: 0.05 },
            rate_table_entries: 65_536,
            password_checks: 2,
            password_queue: 400,
            body_bytes: 64 * 1024,
            import_bytes: 8 * 1024 * 1024,
            running_conferences: 2_000,
            visitors_per_conference: 400,
            visitors_per_person: 20,
            session_idle: Duration::from_secs(15 * 60),
            administrator_idle: Duration::from_secs(5 * 60),
            session_keep: Duration::from_secs(30),
            session_life: Duration::from_secs(24 * 3600),
            guest_life: Duration::from_secs(24 * 3600),
            guest_kept: LONGEST_TOKEN,
            silence: Duration::from_secs(15),
            stop_grace: Duration::from_secs(5),
        }
    }
}
