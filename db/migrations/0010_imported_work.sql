CREATE TABLE "job_deaths" (
	"job_id" bigint PRIMARY KEY NOT NULL,
	"deaths" integer NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "imported_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "imported_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "operations" ADD CONSTRAINT "operations_imported_ended" CHECK ("operations"."imported_at" is null or "operations"."state" in ('done', 'failed', 'undone'));--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_imported_ended" CHECK ("runs"."imported_at" is null or "runs"."state" in ('done', 'failed', 'stopped', 'interrupted'));