CREATE TABLE "native_sessions" (
	"owner_id" uuid NOT NULL,
	"agent" text NOT NULL,
	"native_session_id" text NOT NULL,
	"task_id" uuid NOT NULL,
	"run_id" uuid,
	"segment_id" uuid,
	"seq" integer DEFAULT 0 NOT NULL,
	"inherited" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "native_sessions_owner_id_agent_native_session_id_pk" PRIMARY KEY("owner_id","agent","native_session_id")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"contract_id" uuid NOT NULL,
	"task_id" uuid NOT NULL,
	"worktree_id" uuid,
	"daemon_id" uuid,
	"agent" text NOT NULL,
	"way" text NOT NULL,
	"mode" text NOT NULL,
	"asked_by" text NOT NULL,
	"prompt" text NOT NULL,
	"segment_id" uuid,
	"seq" integer DEFAULT 0 NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"native_session_id" text,
	"cwd" text,
	"command" jsonb,
	"not_carried" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"pid" integer,
	"pid_start" text,
	"pending" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"answers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"stop_asked" timestamp (3) with time zone,
	"live" jsonb,
	"turns" integer DEFAULT 0 NOT NULL,
	"cost_usd" double precision,
	"error_code" text,
	"error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"first_output_at" timestamp (3) with time zone,
	"heartbeat_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "native_sessions" ADD CONSTRAINT "native_sessions_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "native_sessions_by_task" ON "native_sessions" USING btree ("task_id","created_at");--> statement-breakpoint
CREATE INDEX "runs_by_task" ON "runs" USING btree ("task_id","created_at","id");--> statement-breakpoint
CREATE INDEX "runs_by_contract" ON "runs" USING btree ("contract_id","created_at","id");--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("state") WHERE "runs"."state" in ('queued', 'starting', 'running', 'waiting');--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_open" ON "runs" USING btree ("task_id") WHERE "runs"."state" in ('queued', 'starting', 'running', 'waiting');