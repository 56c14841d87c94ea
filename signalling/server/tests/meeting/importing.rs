//! People and units from a CSV file over HTTPS: who may, dry run, carrying out, one-time codes.

use crate::http_client::{Answer, HttpClient};
use crate::stage::Stage;
use conference::{Role, Timestamp};
use serde_json::{Value, json};
use signalling_server::store::{Credentials as _, NewAccount, People as _, Unit};

const SESSION: &str = "__Host-dc_session";
const PASSWORD: &str = "đúng mật khẩu";

/// Signs in an account of `unit`; the tests' policy demands no second factor.
async fn somebody(stage: &Stage, user: &str, role: Role, unit: &str) -> String {
    let account = NewAccount {
        user: user.to_owned(),
        name: format!("Tên {user}"),
        unit: unit.to_owned(),
        role,
        password_hash: signalling_server::auth::password::hash(PASSWORD).expect("long enough"),
    };
    stage.store.create_account(&account, Timestamp(stage.clock.now_ms())).await.expect("is new");
    let body = json!({"user": user, "password": PASSWORD});
    let answer = stage.http().post("/api/v1/auth/login", &[], &body).await;
    answer.cookie(SESSION).expect("is set")
}

async fn lenient() -> Stage {
    let mut stage = Stage::start().await;
    stage.do_not_enforce();
    stage.restart().await
}

async fn send(http: &HttpClient, cookie: &str, apply: Option<&str>, file: &str) -> Answer {
    let origin = http.origin();
    let headers = [("cookie", cookie), ("origin", origin.as_str()), ("content-type", "text/csv")];
    let query = apply.map(|plan| format!("?apply={plan}")).unwrap_or_default();
    http.send("POST", &format!("/api/v1/people/import{query}"), &headers, file.as_bytes()).await
}

fn counts(report: &Value) -> [u64; 4] {
    ["added", "changed", "unchanged", "refused"].map(|name| report[name].as_u64().expect("a number"))
}

fn units() -> [Unit; 3] {
    let unit = |code: &str, name: &str, parent: Option<&str>| Unit {
        code: code.to_owned(),
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
    };
    [unit("syt", "Sở Y tế", None), unit("bv1", "Bệnh viện 1", Some("syt")), unit("snv", "Sở Nội vụ", None)]
}

#[tokio::test]
async fn dry_run_changes_nothing_and_the_same_plan_is_carried_out_once() {
    let stage = lenient().await;
    stage.store.import_units(&units()).await.expect("stored");
    let admin = somebody(&stage, "admin", Role::Administrator, "").await;
    somebody(&stage, "cu", Role::Clerk, "Sở Y tế").await;
    let http = stage.http();
    let file = "\u{FEFF}Tên đăng nhập;Họ và tên;Đơn vị;Vai trò;Ghi chú\r\n\
        cu;Tên cu;syt;Thư ký;\r\n\
        MOI;Người mới;Bệnh viện 1;đại biểu;\r\n\
        moi;Người mới;bv1;delegate;\r\n\
        lạ;Người lạ;Sở Không Có;delegate;\r\n";
    let dry = send(&http, &admin, None, file).await;
    assert_eq!(dry.status, 200, "{}", String::from_utf8_lossy(&dry.body));
    let report = dry.json();
    assert_eq!(counts(&report), [1, 1, 0, 2]);
    assert_eq!((&report["separator"], &report["ignored_columns"]), (&json!(";"), &json!(["Ghi chú"])));
    let changed = &report["lines"][0];
    assert_eq!(changed["changes"], json!([{"field": "role", "from": "clerk", "to": "secretary"}]));
    let refused = |at: usize| (report["lines"][at]["line"].clone(), report["lines"][at]["problem"].clone());
    assert_eq!(refused(2), (json!(4), json!("duplicate")));
    assert_eq!(refused(3), (json!(5), json!("unknown_unit")));
    assert_eq!(stage.store.account_of_user("moi").await.expect("asked"), None, "a dry run");

    let plan = report["plan"].as_str().expect("a name");
    assert_eq!(send(&http, &admin, Some("another"), file).await.error(), "plan_changed");
    let done = send(&http, &admin, Some(plan), file).await.json();
    assert_eq!(done["applied"], true);
    let code = done["codes"][0]["code"].as_str().expect("a code").to_owned();
    assert_eq!(done["codes"].as_array().map(Vec::len), Some(1));
    assert_eq!(send(&http, &admin, Some(plan), file).await.error(), "plan_changed", "carried out already");
    let again = send(&http, &admin, None, file).await.json();
    assert_eq!(counts(&again), [0, 0, 2, 2]);
    let body = json!({"user": "moi", "password": code});
    let login = http.post("/api/v1/auth/login", &[], &body).await.json();
    assert_eq!((&login["duty"], &login["unit"]), (&json!("set_password"), &json!("Bệnh viện 1")));
}

#[tokio::test]
async fn unit_administrator_writes_the_own_unit_and_those_below_only() {
    let stage = lenient().await;
    stage.store.import_units(&units()).await.expect("stored");
    let head = somebody(&stage, "quanly", Role::UnitAdministrator, "Sở Y tế").await;
    somebody(&stage, "nguoi-khac", Role::Clerk, "Sở Nội vụ").await;
    let http = stage.http();
    let file = "user,name,unit,role\n\
        mot,Một,,clerk\nhai,Hai,bv1,clerk\nba,Ba,snv,clerk\nbon,Bốn,syt,administrator\n\
        nguoi-khac,Khác,syt,clerk\nquanly,Tên quanly,syt,administrator\n";
    let report = send(&http, &head, None, file).await.json();
    assert_eq!(counts(&report), [2, 0, 0, 4]);
    let problems: Vec<&Value> =
        report["lines"].as_array().expect("a list")[2..].iter().map(|l| &l["problem"]).collect();
    assert_eq!(problems, ["other_unit", "role_not_allowed", "other_unit", "own_role"]);
    let units = send(&http, &head, None, "code,name\nx,X\n").await;
    assert_eq!((units.status, units.error()), (403, "not_allowed".to_owned()));
}

#[tokio::test]
async fn nobody_else_imports_and_bad_files_are_told_apart() {
    let stage = lenient().await;
    let clerk = somebody(&stage, "vanthu", Role::Clerk, "").await;
    let admin = somebody(&stage, "admin", Role::Administrator, "").await;
    let http = stage.http();
    assert_eq!(send(&http, &clerk, None, "rác").await.error(), "not_allowed", "before the file is read");
    assert_eq!(send(&http, "", None, "rác").await.error(), "not_signed_in");
    let bad = send(&http, &admin, None, "a,b\n1,2\n").await;
    assert_eq!(
        (bad.status, bad.json()),
        (422, json!({"error": "bad_file", "file": {"problem": "unknown_header"}}))
    );
    let long = format!("user,name,unit,role\na,{},,clerk\n", "x".repeat(1_000_000));
    let long = send(&http, &admin, None, &long).await.json();
    assert_eq!((&long["file"]["problem"], &long["file"]["line"]), (&json!("line_too_long"), &json!(2)));
    let huge = "x".repeat(9 * 1024 * 1024);
    assert_eq!(send(&http, &admin, None, &huge).await.status, 413);
    let units = "code,name,parent\na,A,b\nb,B,a\nc,C,\nd,D,c\ne,E,nowhere\n";
    let units = send(&http, &admin, None, units).await.json();
    assert_eq!((counts(&units), &units["kind"]), ([2, 0, 0, 3], &json!("units")));
}

/// 15,000 accounts in under a minute is the aim; this prints what it takes.
#[tokio::test]
async fn fifteen_thousand_accounts_come_in_at_once() {
    let stage = lenient().await;
    stage.store.import_units(&units()).await.expect("stored");
    let admin = somebody(&stage, "admin", Role::Administrator, "").await;
    let http = stage.http();
    let mut file = String::from("user,name,unit,role\n");
    for number in 0..15_000 {
        file.push_str(&format!("nguoi{number},Nguyễn Văn Số {number},bv1,delegate\n"));
    }
    let started = std::time::Instant::now();
    let dry = send(&http, &admin, None, &file).await.json();
    let planned = started.elapsed();
    assert_eq!(counts(&dry), [15_000, 0, 0, 0]);
    let done = send(&http, &admin, dry["plan"].as_str(), &file).await.json();
    println!("15,000 accounts: dry run {planned:?}, both {:?}", started.elapsed());
    assert_eq!(done["codes"].as_array().map(Vec::len), Some(15_000));
    assert!(started.elapsed() < std::time::Duration::from_secs(60));
    assert_eq!(stage.store.accounts().await.expect("asked").len(), 15_001);
}
