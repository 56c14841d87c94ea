//! The command line: commands and flags with their help, Vietnamese first, English after it.
//!
//! Read by `main`. Holds no behaviour; what a flag means as a setting is decided in `config`.

use crate::config::Sources;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const TEMPLATE: &str = "\
{before-help}{about-with-newline}
Cách dùng · Usage: {usage}

{all-args}{after-help}";
const OPTIONS: &str = "Tùy chọn · Options";

/// Roles as they are written in the protocol.
pub const ROLES: [&str; 9] = [
    "chair",
    "secretary",
    "delegate",
    "listener",
    "site_operator",
    "duty_operator",
    "clerk",
    "unit_administrator",
    "administrator",
];

/// Điểm Cầu: máy chủ hội nghị truyền hình · Video conference server
#[derive(Debug, Parser)]
#[command(
    name = "diemcau",
    version,
    help_template = TEMPLATE,
    subcommand_help_heading = "Lệnh · Commands",
    disable_help_subcommand = true,
    disable_version_flag = true,
    disable_help_flag = true,
    after_help = "Trợ giúp từng lệnh · Help on a command: diemcau COMMAND --help\n\
                  Mọi thiết lập · All settings: deploy/config/diemcau.example.toml"
)]
pub struct Cli {
    #[command(flatten)]
    pub settings: SettingFlags,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Thiết lập · Settings")]
pub struct SettingFlags {
    /// Tệp thiết lập · Settings file [mặc định · default: DATA/diemcau.toml]
    #[arg(long, global = true, value_name = "FILE", env = "DIEMCAU_CONFIG", hide_env = true)]
    pub config: Option<PathBuf>,
    /// Thư mục dữ liệu · Data folder [mặc định · default: data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<String>,
    /// Cổng HTTPS · HTTPS port [mặc định · default: 8443]
    #[arg(long, global = true, value_name = "PORT")]
    pub http_port: Option<String>,
    /// Cổng âm thanh, hình ảnh đầu tiên, UDP và TCP · First media port [mặc định · default: 10000]
    #[arg(long, global = true, value_name = "PORT")]
    pub media_port: Option<String>,
    /// Cơ sở dữ liệu · Database: postgres://… | sqlite:… [mặc định · default: DATA/diemcau.db]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Thiết lập bất kỳ · Any setting, for example --set media.shards=2
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Hiện trợ giúp · Print help
    #[arg(long, short, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

impl SettingFlags {
    /// The flags and `environment` as sources of the configuration.
    pub fn sources(&self, environment: impl Iterator<Item = (String, String)>) -> Sources {
        let flags = [
            ("--data", "data", &self.data),
            ("--http-port", "http.port", &self.http_port),
            ("--media-port", "media.port", &self.media_port),
            ("--database-url", "database.url", &self.database_url),
        ];
        Sources {
            file: self.config.clone(),
            environment: environment.collect(),
            flags: flags
                .into_iter()
                .filter_map(|(flag, path, value)| Some((flag.to_owned(), path, value.clone()?)))
                .collect(),
            set: self.set.clone(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Chạy máy chủ · Run the server
    #[command(help_template = TEMPLATE, next_help_heading = OPTIONS)]
    Serve {
        /// Tạo điểm cầu, tài khoản và cuộc họp mẫu; in mật khẩu · Create sample sites, accounts and
        /// conferences; print the passwords
        #[arg(long)]
        demo: bool,
    },
    /// Một tiến trình âm thanh, hình ảnh; do máy chủ tự khởi động · A media process; the server starts it
    #[command(hide = true)]
    MediaWorker {
        /// Nhật ký dạng JSON · Log as JSON
        #[arg(long)]
        log_json: bool,
        /// Bộ lọc nhật ký · Log filter
        #[arg(long, value_name = "FILTER")]
        log_filter: String,
    },
    /// Kiểm tra thiết lập và máy, không chạy · Check settings and machine without starting
    #[command(help_template = TEMPLATE)]
    CheckConfig,
    /// Cấp vé vào một cuộc họp · Make a token that lets one person into one conference
    #[command(help_template = TEMPLATE, next_help_heading = OPTIONS)]
    Token {
        /// Mã cuộc họp · Conference, as in its link /c/ID
        #[arg(long, value_name = "ID")]
        conference: String,
        /// Tên hiển thị · Name that the others see
        #[arg(long)]
        name: String,
        /// Vai trò · Role
        #[arg(long, value_parser = ROLES)]
        role: String,
        /// Mã điểm cầu được mời mà người này đại diện · Invited site for which this person stands
        #[arg(long, value_name = "ID")]
        site: Option<String>,
        /// Hiệu lực, giờ · Hours until it expires
        #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=720))]
        expires_h: u32,
    },
    /// Nhật ký cuộc họp · The journal of the conferences
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Lệnh · Commands")]
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// Quản trị viên · Administrators
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Lệnh · Commands")]
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Người dùng và đơn vị · People and units
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Lệnh · Commands")]
    People {
        #[command(subcommand)]
        command: PeopleCommand,
    },
    /// Nối với máy chủ khác · Other nodes
    #[command(help_template = TEMPLATE, subcommand_help_heading = "Lệnh · Commands")]
    Relay {
        #[command(subcommand)]
        command: RelayCommand,
    },
    /// Đo xem máy này chở được bao nhiêu điểm cầu, chừng một phút · Measure how many sites this machine
    /// carries, about a minute
    #[command(help_template = TEMPLATE, next_help_heading = OPTIONS)]
    Bench {
        /// Ghi kết quả vào tệp JSON · Write the result to a JSON file
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// Ghi limits.places vào tệp thiết lập · Write limits.places to the settings file
        #[arg(long)]
        write: bool,
    },
    /// Phiên bản · Version
    #[command(help_template = TEMPLATE)]
    Version,
}

#[derive(Debug, Subcommand)]
pub enum RelayCommand {
    /// In dấu vân tay chứng thư của nút này, để ghi vào relay.trusted của nút kia; tạo chứng thư khi chưa có ·
    /// Print the fingerprint of this node's certificate, for relay.trusted of the other node; make it when
    /// there is none
    #[command(help_template = TEMPLATE)]
    Identity,
}

#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Nhập từ tệp CSV; không có --apply thì chỉ xem trước · Import a CSV file; without --apply only show
    /// what would change
    #[command(help_template = TEMPLATE, next_help_heading = OPTIONS)]
    Import {
        /// Tệp CSV, UTF-8 · CSV file, UTF-8
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Thực hiện · Carry it out
        #[arg(long)]
        apply: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Tìm dòng bị sửa, thiếu, đảo hoặc cắt · Find a changed, missing, reordered or cut-off row
    #[command(help_template = TEMPLATE)]
    Verify,
}

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Tạo quản trị viên; mật khẩu nhập từ bàn phím hoặc stdin · Create an administrator; the password
    /// is asked for, or read from standard input
    ///
    /// Mật khẩu: từ 14 ký tự, đủ chữ hoa, chữ thường, chữ số và ký hiệu.
    /// Password: 14 characters or more, with capital and small letters, digits and signs.
    #[command(help_template = TEMPLATE, next_help_heading = OPTIONS)]
    Create {
        /// Tên đăng nhập · Login name
        #[arg(long)]
        user: String,
        /// Tên hiển thị · Display name [mặc định · default: login name]
        #[arg(long)]
        name: Option<String>,
        /// Đơn vị · Unit
        #[arg(long, default_value = "", hide_default_value = true)]
        unit: String,
    },
    /// Đặt lại xác thực hai lớp khi mất điện thoại và mã dự phòng · Reset a lost second factor
    #[command(help_template = TEMPLATE, next_help_heading = OPTIONS)]
    ResetSecondFactor {
        /// Tên đăng nhập · Login name
        #[arg(long)]
        user: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_and_flag_has_help() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            command.get_subcommands().for_each(check);
        }
        let command = Cli::command();
        command.clone().debug_assert();
        check(&command);
    }
}
