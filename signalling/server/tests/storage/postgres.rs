//! A PostgreSQL server of the tests' own: made in a temporary folder at the first test that wants it,
//! reached by its Unix socket only, stopped and deleted when this process ends, however it ends.
//!
//! It is Debian's (`/usr/lib/postgresql/N/bin`); run as root the server becomes user `postgres`,
//! because it refuses to serve as root.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Set to 1 to do without PostgreSQL on a machine that has none.
const SKIP: &str = "DIEMCAU_TEST_SKIP_POSTGRES";

/// Runs the server until its standard input ends, which it does with the process that holds the other
/// end; `$1` is the folder, the rest the command. A Ctrl-C for the whole group must not keep it from
/// tidying up.
const UNTIL_LEFT: &str = r#"trap "" HUP INT TERM; folder=$1; shift; "$@" & cat >/dev/null; kill -INT $!; wait $!; rm -rf "$folder""#;

static RUNNING: OnceLock<Server> = OnceLock::new();

/// A running server.
pub struct Server {
    /// Its standard input stays open as long as this process lives.
    _keeper: Child,
    folder: PathBuf,
    databases: AtomicU32,
}

impl Server {
    /// The server that all tests share; `None` when the tests shall do without.
    pub fn shared() -> Option<&'static Self> {
        if std::env::var_os(SKIP).is_some_and(|value| value == "1") {
            println!("skipped: {SKIP}=1, nothing is proven about PostgreSQL");
            return None;
        }
        Some(RUNNING.get_or_init(Self::start))
    }

    /// Address of a fresh, empty database.
    pub async fn fresh_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect(&self.address("postgres")).await;
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut admin).await.expect("a fresh name");
        self.address(&name)
    }

    fn address(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }

    fn start() -> Self {
        let bin = programs();
        let folder = std::env::temp_dir().join(format!("diemcau-postgres-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("the temporary folder is writable");
        let place = folder.join("db");
        if is_root() {
            let (user, group) = (id_of("-u"), id_of("-g"));
            chown(&folder, Some(user), Some(group)).expect("root may give a folder away");
        }
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o700)).expect("own folder");
        let made = as_server_user(&bin.join("initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&place)
            .current_dir(&folder)
            .output()
            .expect("initdb can be started");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut keeper = as_server_user(Path::new("sh"))
            .args(["-c", UNTIL_LEFT, "sh"])
            .arg(&folder)
            .arg(bin.join("postgres"))
            .arg("-D")
            .arg(&place)
            .arg("-k")
            .arg(&folder)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=400"])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("postgres can be started");
        let log = keeper.stderr.take().expect("stderr is piped");
        wait_until_ready(log);
        Self { _keeper: keeper, folder, databases: AtomicU32::new(0) }
    }
}

/// Reads the log up to the line that says so, and goes on reading: a full pipe would block the
/// server.
fn wait_until_ready(log: ChildStderr) {
    let mut lines = BufReader::new(log).lines();
    let mut read = String::new();
    loop {
        let Some(Ok(line)) = lines.next() else { panic!("postgres did not start:\n{read}") };
        if line.contains("ready to accept connections") {
            break;
        }
        read.push_str(&line);
        read.push('\n');
    }
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
}

/// A command that runs as user `postgres` where we are root.
fn as_server_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

/// Folder of the newest server programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists() && path.join("bin/postgres").exists())
        .max_by_key(number);
    let Some(newest) = newest else {
        panic!(
            "PostgreSQL is missing: install the Debian package `postgresql`, or set {SKIP}=1 to \
             leave PostgreSQL untested"
        );
    };
    newest.join("bin")
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").expect("Linux").uid() == 0
}

fn id_of(which: &str) -> u32 {
    let said = Command::new("id").args([which, "postgres"]).output().expect("id can be started");
    let text = String::from_utf8_lossy(&said.stdout);
    text.trim().parse().expect("user postgres comes with the Debian package")
}

/// A plain connection.
pub async fn connect(address: &str) -> sqlx::PgConnection {
    let connected = <sqlx::PgConnection as sqlx::Connection>::connect(address).await;
    connected.expect("the test server answers")
}
