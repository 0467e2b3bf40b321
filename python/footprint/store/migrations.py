"""The catalogue's tables. Migrations are only appended; ``PRAGMA user_version`` counts them."""

MIGRATIONS: tuple[str, ...] = (
    """
    create table meta (key text primary key, value text not null);
    create table states (
        id integer primary key,
        at text not null,
        kind text not null check (kind in ('start', 'import', 'undo', 'settings')),
        tables text not null,
        settings text not null
    );
    create table imports (
        id integer primary key,
        at text not null,
        who text not null,
        before text not null,
        undone integer not null default 0
    );
    create table uploads (
        id integer primary key,
        import_id integer not null references imports (id),
        file text not null,
        digest text not null,
        choice text not null,
        table_name text not null,
        rows integer not null,
        accepted integer not null,
        set_aside integer not null check (rows = accepted + set_aside),
        added integer not null,
        changed integer not null,
        unchanged integer not null check (accepted = added + changed + unchanged),
        encoding text not null,
        as_of text,
        aside text
    );
    create index uploads_by_digest on uploads (digest);
    create table rejected (
        upload_id integer not null references uploads (id),
        reason text not null,
        column_name text,
        count integer not null,
        first_row integer not null,
        example text not null
    );
    create table audit (
        id integer primary key,
        at text not null,
        who text not null,
        action text not null,
        detail text not null
    );
    create trigger audit_is_never_changed before update on audit
        begin select raise(abort, 'the audit table is append-only'); end;
    create trigger audit_is_never_deleted before delete on audit
        begin select raise(abort, 'the audit table is append-only'); end
    """,
    """
    create table mapping_profiles (
        id text primary key,
        at text not null,
        table_name text not null,
        headings text not null,
        mapping text not null
    )
    """,
    """
    create table review_marks (
        week text not null,
        finding text not null,
        position real,
        hidden integer not null default 0,
        primary key (week, finding)
    );
    create table review_comments (
        id integer primary key,
        week text not null,
        finding text not null,
        at text not null,
        who text not null,
        words text not null,
        removed integer not null default 0
    );
    create index review_comments_by_week on review_comments (week);
    create table actions (
        id integer primary key,
        at text not null,
        who text not null,
        week text not null,
        finding text not null,
        title text not null,
        impact text not null check (impact in ('high', 'medium', 'low')),
        owner text not null,
        due text,
        stage text not null check (stage in ('plan', 'do', 'check', 'act', 'declined')),
        metric text,
        before text,
        stake real,
        done text,
        verdict text check (verdict in ('solved', 'better', 'same', 'worse')),
        note text not null default '',
        standard text not null default ''
    );
    create table judgements (
        id integer primary key,
        at text not null,
        who text not null,
        week text not null,
        finding text not null,
        kind text not null,
        verdict text not null check (verdict in ('right', 'wrong', 'unclear')),
        note text not null
    );
    create table reports (
        id text primary key,
        at text not null,
        who text not null,
        week text not null,
        data_version text not null,
        code_version text not null,
        tables text not null,
        content blob not null,
        page_zh blob not null,
        page_en blob not null
    );
    create index reports_by_week on reports (week);
    create trigger reports_are_never_changed before update on reports
        begin select raise(abort, 'a frozen report is never changed'); end;
    create trigger reports_are_never_deleted before delete on reports
        begin select raise(abort, 'a frozen report is never deleted'); end;
    create table links (
        id integer primary key,
        digest text not null unique,
        at text not null,
        who text not null,
        kind text not null check (kind in ('report', 'brief', 'question')),
        target text not null,
        lang text not null check (lang in ('zh', 'en')),
        label text not null,
        expires text not null,
        revoked text,
        salt text,
        passphrase text,
        views integer not null default 0,
        last_view text,
        failures integer not null default 0
    )
    """,
    "alter table actions add column question text not null default ''",
    """
    alter table mapping_profiles add column said text not null default '{}';
    create table meanings (
        layout text not null,
        column_name text not null,
        heading text not null,
        at text not null,
        primary key (layout, column_name)
    )
    """,
    "alter table mapping_profiles add column name text not null default ''",
)
