CREATE TABLE "forgettings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid,
	"options" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"needle" "bytea",
	"plan_hash" text NOT NULL,
	"plan" jsonb,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"remains" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"step" text,
	"error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "retention_settings" (
	"owner_id" uuid PRIMARY KEY NOT NULL,
	"conversation_snapshots" integer,
	"code_snapshots" integer,
	"shelf" integer,
	"transcripts" integer,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tombstones" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"forgetting_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"size" integer,
	"rolling" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tombstones_hash" UNIQUE("owner_id","kind","hash")
);
--> statement-breakpoint
ALTER TABLE "transcript_sources" ADD COLUMN "blanked" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "transcript_sources" ADD COLUMN "blanked_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "forgettings_by_time" ON "forgettings" USING btree ("owner_id","created_at","id");--> statement-breakpoint
CREATE INDEX "tombstones_by_forgetting" ON "tombstones" USING btree ("forgetting_id");