//! The watch end to end on SQLite and on PostgreSQL: a queue that two workers share, runs that read
//! only what changed, judgements, taking down against the clock, files that open cases.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

#[path = "watch/scene.rs"]
mod scene;
mod support;

use app::rows::FindingQuery;
use app::watch::{self, Ended, FileTask, Report, RunTask, Seen, Unread};
use app::{Who, jobs};
use domain::watch::job::After;
use domain::watch::takedown::Step;
use khien_testkit::Postgres;
use scene::{RULES, Scene, clean, code, draft, marked, said, sha};
use support::House;

/// The same test on both databases.
macro_rules! on_both {
    ($name:ident, $story:ident) => {
        #[tokio::test]
        async fn $name() {
            $story(Scene::sqlite().await).await;
            let server = Postgres::start().unwrap();
            let db = store::Db::open_postgres(&server.database().unwrap())
                .await
                .unwrap();
            $story(Scene::over(House::over(db).await).await).await;
        }
    };
}

on_both!(a_run_reads_what_changed_and_each_file_once, changed_files);
on_both!(
    a_dead_workers_job_goes_to_the_next_and_the_third_death_ends_it,
    deaths
);
on_both!(two_workers_read_each_file_once, two_workers);
on_both!(a_leak_goes_from_judgement_to_gone_and_back, leak);
on_both!(a_file_opens_one_case, one_case);

async fn changed_files(scene: Scene) {
    let app = &scene.house.app;
    let source = scene.source().await;
    let member = Report {
        member: Some("trong/b.docx".to_owned()),
        ..marked("z.zip", "inner")
    };
    let reports = vec![clean("z.zip", "zip"), member, clean("c.pdf", "c")];
    let first = scene.look(source, reports.clone()).await;
    let row = app.watch_run(&scene.watch, first).await.unwrap();
    assert_eq!(
        (row.marked, row.clean, row.incomplete, row.same),
        (1, 2, 0, 0)
    );
    assert_eq!(row.state, "done");
    assert_eq!(scene.findings("new").await.len(), 2);

    scene.at("2026-02-27T03:00:00Z");
    let run = app
        .start_watch_run(&scene.watch, None, source)
        .await
        .unwrap();
    assert_eq!(
        code(app.start_watch_run(&scene.watch, None, source).await),
        "WATCH-06"
    );
    watch::begin_run(app, run, "w1", RULES).await.unwrap();
    let seen = |path: &str, content: &str| Seen {
        address: path.to_owned(),
        sha256: sha(content),
    };
    let files = [
        seen("z.zip", "zip"),
        seen("c.pdf", "changed"),
        seen("new.pdf", "n"),
    ];
    let read = watch::unread(app, run, &files).await.unwrap();
    assert_eq!(read, [false, true, true]);
    // The members of an unchanged file are seen with it.
    let objects = app
        .watch_objects(&scene.watch, source, "marked", 1)
        .await
        .unwrap();
    assert_eq!(objects[0].last_run, run);
    assert_eq!(objects[0].file_sha256, sha("zip"));
    let again = watch::record_reports(app, run, vec![clean("c.pdf", "changed")])
        .await
        .unwrap();
    assert_eq!((again.clean, again.twice), (1, 0));
    let again = watch::record_reports(app, run, vec![clean("c.pdf", "changed")])
        .await
        .unwrap();
    assert_eq!((again.clean, again.twice), (0, 1));
    let row = app.watch_run(&scene.watch, run).await.unwrap();
    assert_eq!((row.same, row.clean), (1, 1));
    watch::end_run(app, run, Ended::Done).await.unwrap();
    watch::end_run(app, run, Ended::Failed("LATE"))
        .await
        .unwrap();
    assert_eq!(
        app.watch_run(&scene.watch, run).await.unwrap().state,
        "done"
    );
    let late = watch::record_reports(app, run, vec![clean("d.pdf", "d")]).await;
    assert_eq!(code(late), "WATCH-09");
    assert_eq!(
        scene.events(&format!("watch-run:{run}")).await.len(),
        5,
        "queued, unchanged, recorded twice, ended"
    );

    // Newer rules read everything again; what was found before is not found anew.
    let third = app
        .start_watch_run(&scene.watch, None, source)
        .await
        .unwrap();
    watch::begin_run(app, third, "w1", "r2").await.unwrap();
    assert_eq!(
        watch::unread(app, third, &files).await.unwrap(),
        [true, true, true]
    );
    let recorded = watch::record_reports(app, third, reports).await.unwrap();
    assert_eq!((recorded.marked, recorded.new_findings), (1, 0));
    assert_eq!(
        code(watch::begin_run(app, run, "w1", RULES).await),
        "WATCH-09"
    );
}

async fn deaths(scene: Scene) {
    let app = &scene.house.app;
    let source = scene.source().await;
    scene.at("2026-02-20T03:00:00Z");
    let run = app
        .start_watch_run(&scene.watch, None, source)
        .await
        .unwrap();
    let one = jobs::lease(app, "w1", jobs::RUN, 10).await.unwrap();
    assert_eq!((one.len(), one[0].tries), (1, 1));
    assert!(
        jobs::lease(app, "w2", jobs::RUN, 10)
            .await
            .unwrap()
            .is_empty()
    );
    // It lives, so nobody else gets it.
    scene.at("2026-02-20T03:02:00Z");
    assert_eq!(jobs::heartbeat(app, "w1", &[one[0].id]).await.unwrap(), 1);
    scene.at("2026-02-20T03:04:00Z");
    assert!(
        jobs::lease(app, "w2", jobs::RUN, 10)
            .await
            .unwrap()
            .is_empty()
    );
    // It is silent for longer than its lease.
    scene.at("2026-02-20T03:05:01Z");
    let two = jobs::lease(app, "w2", jobs::RUN, 10).await.unwrap();
    assert_eq!((two[0].id, two[0].tries), (one[0].id, 2));
    assert_eq!(jobs::heartbeat(app, "w1", &[one[0].id]).await.unwrap(), 0);
    assert!(!jobs::finish(app, "w1", one[0].id).await.unwrap());
    scene.at("2026-02-20T03:09:00Z");
    assert_eq!(
        jobs::lease(app, "w3", jobs::RUN, 10).await.unwrap().len(),
        1
    );
    scene.at("2026-02-20T03:13:00Z");
    assert!(
        jobs::lease(app, "w4", jobs::RUN, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let job = app.db.job(one[0].id).await.unwrap().unwrap();
    assert_eq!((job.state.as_str(), job.deaths), ("poison", 3));
    let row = app.watch_run(&scene.watch, run).await.unwrap();
    assert_eq!(
        (row.state.as_str(), row.said.as_str()),
        ("failed", "JOB-POISON")
    );

    // A failure is another thing than a death: later, and at last given up.
    let run = app
        .start_watch_run(&scene.watch, None, source)
        .await
        .unwrap();
    let mut at = "2026-02-20T03:20:00Z".parse::<jiff::Timestamp>().unwrap();
    for wait in [1, 5, 25, 125, 0] {
        scene.at(&at.to_string());
        let job = jobs::lease(app, "w1", jobs::RUN, 1)
            .await
            .unwrap()
            .remove(0);
        let after = jobs::fail(app, "w1", job.id, "PORTAL-DOWN").await.unwrap();
        let expected = if wait == 0 {
            After::GiveUp
        } else {
            After::Again { in_min: wait }
        };
        assert_eq!(after, expected);
        assert!(
            jobs::lease(app, "w1", jobs::RUN, 1)
                .await
                .unwrap()
                .is_empty()
        );
        at += jiff::SignedDuration::from_mins(wait);
    }
    let row = app.watch_run(&scene.watch, run).await.unwrap();
    assert_eq!(
        (row.state.as_str(), row.said.as_str()),
        ("failed", "PORTAL-DOWN")
    );
}

async fn two_workers(scene: Scene) {
    let app = &scene.house.app;
    let source = scene.source().await;
    let run = app
        .start_watch_run(&scene.watch, None, source)
        .await
        .unwrap();
    watch::begin_run(app, run, "w1", RULES).await.unwrap();
    let files: Vec<String> = (0..60).map(|n| format!("tep-{n:02}.pdf")).collect();
    assert_eq!(watch::enqueue_files(app, run, &files).await.unwrap(), 60);
    assert_eq!(watch::enqueue_files(app, run, &files).await.unwrap(), 0);
    let work = |worker: &'static str| async move {
        let mut read = Vec::new();
        loop {
            let batch = jobs::lease(app, worker, jobs::FILE, 7).await.unwrap();
            if batch.is_empty() {
                return read;
            }
            for job in batch {
                let task = FileTask::parse(&job.payload).unwrap();
                let report = clean(&task.address, &task.address);
                watch::record_reports(app, run, vec![report]).await.unwrap();
                assert!(jobs::finish(app, worker, job.id).await.unwrap());
                read.push(task.address);
            }
        }
    };
    let (mut all, other) = tokio::join!(work("w1"), work("w2"));
    assert!(!all.is_empty() && !other.is_empty());
    all.extend(other);
    all.sort();
    assert_eq!(all, files);
    assert_eq!(watch::files_left(app, run).await.unwrap(), 0);
    let row = app.watch_run(&scene.watch, run).await.unwrap();
    assert_eq!(row.clean, 60);

    // A file that kills three readers is seen, not read, and never clean. What was leased beside it is read by another.
    let killer = ["chet.pdf", "ben.pdf"].map(str::to_owned);
    watch::enqueue_files(app, run, &killer).await.unwrap();
    for (minute, taken) in [(0, 2), (4, 1), (8, 1), (12, 0)] {
        scene.at(&format!("2026-02-20T04:{minute:02}:00Z"));
        let worker = format!("w{minute}");
        let leased = jobs::lease(app, &worker, jobs::FILE, 10).await.unwrap();
        assert_eq!(leased.len(), taken, "minute {minute}");
        if minute == 4 {
            let beside = jobs::lease(app, "w-beside", jobs::FILE, 10).await.unwrap();
            let task = FileTask::parse(&beside[0].payload).unwrap();
            assert_eq!((beside.len(), task.address.as_str()), (1, "ben.pdf"));
            let report = clean("ben.pdf", "ben.pdf");
            watch::record_reports(app, run, vec![report]).await.unwrap();
            jobs::finish_all(app, "w-beside", &[beside[0].id])
                .await
                .unwrap();
        }
    }
    assert_eq!(watch::files_left(app, run).await.unwrap(), 0);
    let unread = app
        .watch_objects(&scene.watch, source, "incomplete", 1)
        .await
        .unwrap();
    assert_eq!(
        (unread[0].address.as_str(), unread[0].unread.as_str()),
        ("chet.pdf", "crash\t")
    );
    assert_eq!(
        app.watch_run(&scene.watch, run).await.unwrap().incomplete,
        1
    );
}

async fn leak(scene: Scene) {
    let app = &scene.house.app;
    let source = scene.source().await;
    scene
        .look(source, vec![marked("a.pdf", "a"), marked("b.pdf", "b")])
        .await;
    let found = scene.findings("new").await;
    assert_eq!(found.len(), 4);
    let (b, a) = (&found[0], &found[3]);
    let early = scene
        .step(
            a.object_id,
            Step::Reported,
            "2026-02-20T03:00:00.000000Z",
            "",
        )
        .await;
    assert_eq!(code(early), "WATCH-17");
    let mut wrong = said("false");
    assert_eq!(code(scene.judge(b, &wrong).await), "WATCH-11");
    wrong.reason = "mẫu trống".to_owned();
    scene.judge(b, &wrong).await.unwrap();
    assert_eq!(code(scene.judge(b, &said("true")).await), "STALE");
    assert_eq!(scene.findings("false").await.len(), 2, "both of the file");
    scene.judge(a, &said("true")).await.unwrap();
    let page = app.watch_finding(&scene.watch, a.id).await.unwrap();
    assert_eq!((page.steps.len(), page.siblings.len()), (5, 2));
    assert!(!page.steps[0].late && page.duty.value.is_some());

    // The clock runs from the judgement at 03:00.
    scene.at("2026-02-20T06:00:00Z");
    let page = app.watch_finding(&scene.watch, a.id).await.unwrap();
    let late: Vec<bool> = page.steps.iter().map(|step| step.late).collect();
    assert_eq!(late, [true, true, false, false, false]);
    let at = |hour: u32| format!("2026-02-20T{hour:02}:30:00.000000Z");
    for (hour, step) in [(3, Step::Reported), (4, Step::Asked), (5, Step::Removed)] {
        scene.step(a.object_id, step, &at(hour), "").await.unwrap();
    }
    let stands = scene.judge(&scene.findings("true").await[0], &wrong).await;
    assert_eq!(code(stands), "WATCH-13");
    // The last look was before the removal, so it proves nothing.
    let verify = |note: &'static str, at: String| {
        let scene = &scene;
        let object = a.object_id;
        async move { scene.step(object, Step::Verified, &at, note).await }
    };
    assert_eq!(code(verify("", at(5)).await), "WATCH-19");
    scene.look(source, vec![marked("a.pdf", "a")]).await;
    scene.at("2026-02-20T08:00:00Z");
    assert_eq!(code(verify("tôi đã xem", at(7)).await), "WATCH-18");
    scene.look(source, vec![clean("b.pdf", "b")]).await;
    scene.at("2026-02-20T09:00:00Z");
    verify("", at(8)).await.unwrap();
    assert!(app.watch_leaks(&scene.watch, 1).await.unwrap().is_empty());
    // It is there again: removing begins anew, reporting stays.
    scene.look(source, vec![marked("a.pdf", "a")]).await;
    let back = app.watch_leaks(&scene.watch, 1).await.unwrap();
    let taken: Vec<bool> = back[0].2.iter().map(|step| step.taken.is_some()).collect();
    assert_eq!(taken, [true, false, false, false, false]);
    let events = scene.events(&format!("watch-object:{}", a.object_id)).await;
    assert_eq!(
        events
            .iter()
            .filter(|kind| *kind == "watch.takedown")
            .count(),
        4
    );
    assert!(events.contains(&"watch.came-back".to_owned()));
}

async fn one_case(scene: Scene) {
    let app = &scene.house.app;
    let (object, file) = scene.handed_over().await;
    assert_eq!(file.file_name, "ban-giao-1-2026-stm.khien");
    let twice = app.hand_over(&scene.watch, None, object).await.unwrap();
    assert_eq!(twice, file);
    assert_eq!(code(scene.take(&file.text).await), "WATCH-21");
    scene.trust().await;
    let case = scene.take(&file.text).await.unwrap();
    assert_eq!(code(scene.take(&file.text).await), "WATCH-24");
    let page = app.leak_case(&scene.officer, case).await.unwrap();
    assert_eq!(page.document.object.address, "a.pdf");
    assert_eq!(page.document.findings.len(), 2);
    assert_eq!(page.document.sender.code, "KHCN");
    assert!(
        page.document.law[0].contains("26/2020"),
        "{:?}",
        page.document.law
    );
    assert_eq!(page.case.confirmed_on, "2026-02-20");
    assert_eq!(scene.events(&format!("case:{case}")).await, ["case.opened"]);
    let close =
        |words: &'static str| app.close_leak_case(&scene.officer, None, case, ("leak", words));
    assert_eq!(code(close("").await), "WATCH-28");
    close("đã thu hồi, báo cáo").await.unwrap();
    assert_eq!(code(close("lần nữa").await), "WATCH-27");
    assert!(
        app.leak_cases(&scene.officer, "open", 1)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_forged_or_altered_file_opens_nothing() {
    let scene = Scene::sqlite().await;
    let app = &scene.house.app;
    let (_, file) = scene.handed_over().await;
    scene.trust().await;
    let altered = file.text.replace("a.pdf", "b.pdf");
    assert_ne!(altered, file.text);
    let other = ledger::note::SignerKey::from_seed("khien/thu", &[9; 32]).unwrap();
    let signed = file.text.rsplit_once("\n\n").unwrap().0;
    let forged = other.sign(&format!("{signed}\n")).unwrap();
    let own = ledger::note::SignerKey::from_seed("khien/thu", &[3; 32]).unwrap();
    let resigned = |text: &str| own.sign(text).unwrap();
    let for_another = resigned(&format!(
        "{}\n",
        signed.replace("\"code\":\"STM\"", "\"code\":\"SKM\"")
    ));
    // Signed by the right key, but not what the program writes: another order, another format.
    let spaced = resigned(&format!("{}\n", signed.replacen("{\"bbox", "{ \"bbox", 1)));
    let newer = resigned("khien-hand-over/2\n{}\n");
    let checkpoint = app.checkpoint().await.unwrap().note;
    let cases = [
        ("WATCH-22", altered.as_str()),
        ("WATCH-22", forged.as_str()),
        ("WATCH-23", for_another.as_str()),
        ("WATCH-20", spaced.as_str()),
        ("WATCH-20", newer.as_str()),
        ("WATCH-20", checkpoint.as_str()),
        ("WATCH-20", signed),
        ("WATCH-20", ""),
    ];
    for (expected, text) in cases {
        assert_eq!(code(scene.take(text).await), expected, "{text}");
    }
    let large = "a".repeat(200_000);
    assert_eq!(code(scene.take(&large).await), "WATCH-20");
    let bytes = app
        .take_hand_over(&scene.officer, None, &[0xff, 0xfe])
        .await;
    assert_eq!(code(bytes), "WATCH-20");
    assert!(
        app.leak_cases(&scene.officer, "", 1)
            .await
            .unwrap()
            .is_empty()
    );
    // A second key under a known name is refused; the same one again is not.
    let wrong = app
        .trust_sender(&scene.house.admin, &other.verifier().to_string())
        .await;
    assert_eq!(code(wrong), "WATCH-26");
    scene.trust().await;
    assert_eq!(
        code(app.trust_sender(&scene.house.admin, "no key").await),
        "WATCH-01"
    );
    scene.take(&file.text).await.unwrap();
}

#[tokio::test]
async fn a_file_of_reports_is_taken_whole_or_not_at_all() {
    let scene = Scene::sqlite().await;
    let app = &scene.house.app;
    let source = scene.source().await;
    let line = |name: &str, verdict: &str| {
        format!(
            r#"{{"path":"{name}","member":null,"sha256":"{}","bytes":1,"type":"txt","verdict":"{verdict}","level":null,"findings":[],"incomplete":[],"ms":3,"later":true}}"#,
            sha(name)
        )
    };
    let import = |text: String| async move {
        app.import_reports(
            &scene_watch(app).await,
            None,
            source,
            "quet.jsonl",
            text.as_bytes(),
        )
        .await
    };
    let good = format!("{}\n\n{}\n", line("a.txt", "clean"), line("b.txt", "clean"));
    let done = import(good).await.unwrap();
    assert_eq!((done.recorded.clean, done.recorded.marked), (2, 0));
    let lying = format!("{}\n{}\n", line("c.txt", "clean"), line("d.txt", "marked"));
    assert_eq!(code(import(lying).await), "WATCH-07");
    for text in ["", "[]", "{\"path\":1}\n"] {
        assert_eq!(code(import(text.to_owned()).await), "WATCH-07", "{text}");
    }
    let seen = app
        .watch_objects(&scene.watch, source, "", 1)
        .await
        .unwrap();
    assert_eq!(seen.len(), 2, "nothing of the refused files");
    assert_eq!(
        app.watch_runs(&scene.watch, source, 1).await.unwrap().len(),
        1
    );
    // A file of reports is no look at the whole source.
    assert!(app.db.watch_last_look(source).await.unwrap().is_none());
}

async fn scene_watch(app: &app::App) -> Who {
    app.acting("giamsat").await.unwrap()
}

#[tokio::test]
async fn the_schedule_starts_what_is_due_and_skips_what_runs() {
    let scene = Scene::sqlite().await;
    let app = &scene.house.app;
    let source = scene.source().await;
    let first = watch::start_due(app, 10).await.unwrap();
    assert_eq!(first.len(), 1);
    assert!(watch::start_due(app, 10).await.unwrap().is_empty());
    scene.at("2026-02-27T03:00:00Z");
    assert!(
        watch::start_due(app, 10).await.unwrap().is_empty(),
        "the first is still open"
    );
    watch::end_run(app, first[0], Ended::Failed("PORTAL-DOWN"))
        .await
        .unwrap();
    scene.at("2026-02-28T03:00:00Z");
    let second = watch::start_due(app, 10).await.unwrap();
    assert_eq!(second.len(), 1);
    watch::end_run(app, second[0], Ended::Done).await.unwrap();
    let row = app.watch_source(&scene.watch, source).await.unwrap();
    assert_eq!(row.next_on.as_deref(), Some("2026-03-07"));
    app.stop_watching(&scene.watch, None, source, row.version)
        .await
        .unwrap();
    scene.at("2026-03-20T03:00:00Z");
    assert!(watch::start_due(app, 10).await.unwrap().is_empty());
    assert_eq!(
        code(app.start_watch_run(&scene.watch, None, source).await),
        "WATCH-05"
    );
    let stale = app
        .watch_again(&scene.watch, None, source, row.version)
        .await;
    assert_eq!(code(stale), "STALE");
    app.watch_again(&scene.watch, None, source, row.version + 1)
        .await
        .unwrap();
    assert_eq!(watch::start_due(app, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_may_not_look_finds_nothing() {
    let scene = Scene::sqlite().await;
    let app = &scene.house.app;
    let source = scene.source().await;
    scene.look(source, vec![marked("a.pdf", "a")]).await;
    let finding = scene.findings("new").await.remove(0);
    let query = FindingQuery::default();
    for who in [
        &scene.house.clerk,
        &scene.house.head,
        &scene.house.admin,
        &scene.officer,
    ] {
        assert_eq!(code(app.watch_findings(who, &query).await), "ACCESS-01");
        assert_eq!(code(app.watch_finding(who, finding.id).await), "ACCESS-01");
        assert_eq!(
            code(app.add_watch_source(who, None, &draft()).await),
            "ACCESS-01"
        );
    }
    let mut stranger = scene.watch.clone();
    stranger.actor.unit = scene.officer.actor.unit;
    stranger.unit = scene.officer.unit.clone();
    assert!(
        app.watch_findings(&stranger, &query)
            .await
            .unwrap()
            .0
            .is_empty()
    );
    for outcome in [
        app.watch_finding(&stranger, finding.id).await.err(),
        app.watch_source(&stranger, source).await.err(),
        app.start_watch_run(&stranger, None, source).await.err(),
        app.hand_over(&stranger, None, finding.object_id)
            .await
            .err(),
        app.handed_over(&stranger, finding.object_id).await.err(),
    ] {
        assert_eq!(outcome.unwrap().code(), "ABSENT");
    }
    assert_eq!(code(app.leak_cases(&scene.watch, "", 1).await), "ACCESS-01");
    assert_eq!(
        code(app.trust_sender(&scene.officer, "x").await),
        "ACCESS-01"
    );
}

#[tokio::test]
async fn a_watch_installation_takes_no_keeper_of_books() {
    let scene = Scene::sqlite().await;
    let app = &scene.house.app;
    let mut tx = app.db.begin().await.unwrap();
    tx.put_setting("role", "watch").await.unwrap();
    tx.commit().await.unwrap();
    let account = |role: &str| app::accounts::AccountDraft {
        unit_id: scene.watch.actor.unit,
        login: format!("moi.{}", role.replace('_', "-")),
        display_name: "Người Mới".to_owned(),
        role: role.to_owned(),
        post: String::new(),
        password: "một câu dài của bài thử".to_owned(),
    };
    for role in ["van_thu", "can_bo", "thu_truong"] {
        let refused = app.add_account(&scene.house.admin, &account(role)).await;
        assert_eq!(code(refused), "ACCESS-02");
    }
    app.add_account(&scene.house.admin, &account("giam_sat"))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_seed_gives_every_screen_something_to_show() {
    let scene = Scene::sqlite().await;
    let app = &scene.house.app;
    let owner = watch::seed::Owner {
        code: "STM",
        name: "Sở Thử Nghiệm",
    };
    let seeded = watch::seed::make(app, &scene.watch, owner).await.unwrap();
    for state in ["new", "true", "false"] {
        assert!(!scene.findings(state).await.is_empty(), "{state}");
    }
    let months = app.watch_trends(&scene.watch).await.unwrap();
    assert_eq!(months.len(), 12);
    assert!(months.iter().filter(|month| month.runs.runs > 0).count() >= 5);
    let day = |text: &str| law::LegalDate::parse(text).unwrap();
    let summary = app
        .watch_summary(&scene.watch, day("2025-01-01"), day("2026-02-20"))
        .await
        .unwrap();
    assert_eq!(
        (summary.confirmed, summary.gone, summary.handed_over),
        (2, 1, 1)
    );
    assert_eq!((summary.runs, summary.incomplete), (9, 3));
    let backwards = app
        .watch_summary(&scene.watch, day("2026-02-20"), day("2026-02-19"))
        .await;
    assert_eq!(code(backwards), "WATCH-16");
    scene.trust().await;
    scene.take(&seeded.file.text).await.unwrap();
    let unread = Unread {
        reason: "encrypted".to_owned(),
        place: String::new(),
    };
    let kept = app
        .watch_objects(&scene.watch, 0, "incomplete", 1)
        .await
        .unwrap();
    assert_eq!(
        kept[0].unread,
        format!("{}\t{}", unread.reason, unread.place)
    );
    let payload: RunTask = RunTask::parse(r#"{"run":3,"source":1}"#).unwrap();
    assert_eq!((payload.run, payload.source), (3, 1));
}
