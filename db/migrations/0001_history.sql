-- History is partitioned by month, which the migration generator cannot express: these tables are kept by hand.
CREATE TABLE "history_events" (
	"id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"contract_id" uuid,
	"task_id" uuid,
	"repository_id" uuid,
	"agent" text,
	"event_type" text NOT NULL,
	"event_subtype" text,
	"phase" text,
	"event_data" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"tx" xid8 DEFAULT pg_current_xact_id() NOT NULL,
	PRIMARY KEY ("created_at", "id")
) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
CREATE INDEX "history_events_by_owner" ON "history_events" ("owner_id", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_owner_type" ON "history_events" ("owner_id", "event_type", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_owner_phase" ON "history_events" ("owner_id", "phase", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_owner_agent" ON "history_events" ("owner_id", "agent", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_contract" ON "history_events" ("contract_id", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_contract_type" ON "history_events" ("contract_id", "event_type", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_task" ON "history_events" ("task_id", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_repository" ON "history_events" ("repository_id", "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_by_tx" ON "history_events" ("tx", "id");--> statement-breakpoint
CREATE TABLE "history_counts" (
	"owner_id" uuid NOT NULL,
	"scope" text NOT NULL,
	"scope_id" uuid NOT NULL,
	"day" date NOT NULL,
	"event_type" text NOT NULL,
	"phase" text NOT NULL,
	"agent" text NOT NULL,
	"n" bigint NOT NULL,
	PRIMARY KEY ("owner_id", "scope", "scope_id", "day", "event_type", "phase", "agent")
);
--> statement-breakpoint
-- Makes the month tables from first to last. Called in a transaction of its own before events are written:
-- a new partition locks the parent, and a long import must not hold that lock.
CREATE FUNCTION makima_ensure_history_months(first_at timestamptz, last_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	month timestamptz := date_trunc('month', first_at, 'UTC');
	name text;
BEGIN
	WHILE month <= last_at LOOP
		name := 'history_events_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
		IF to_regclass(name) IS NULL THEN
			PERFORM pg_advisory_xact_lock(7041776);
			EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF history_events FOR VALUES FROM (%L) TO (%L)',
				name, month, date_trunc('month', month + interval '32 days', 'UTC'));
		END IF;
		month := date_trunc('month', month + interval '32 days', 'UTC');
	END LOOP;
END $$;
--> statement-breakpoint
SELECT makima_ensure_history_months(now() - interval '3 months', now() + interval '2 months');
--> statement-breakpoint
-- lz4 halves the time of large writes at the same size. PostgreSQL's own method would take longer than all the rest of an
-- import, so on a server built without lz4 the bytes of transcripts lie as they are.
DO $$ BEGIN
	ALTER TABLE "transcript_chunks" ALTER COLUMN "body" SET COMPRESSION lz4, ALTER COLUMN "raw" SET COMPRESSION lz4;
	ALTER TABLE "messages" ALTER COLUMN "text" SET COMPRESSION lz4, ALTER COLUMN "tool_input" SET COMPRESSION lz4, ALTER COLUMN "tool_result" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
	ALTER TABLE "transcript_chunks" ALTER COLUMN "body" SET STORAGE EXTERNAL, ALTER COLUMN "raw" SET STORAGE EXTERNAL;
END $$;
