CREATE TABLE "contracts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"goal" text,
	"phase" text DEFAULT 'execute' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"repository_id" uuid,
	"supervisor_task_id" uuid,
	"agents" text[] DEFAULT '{}'::text[] NOT NULL,
	"starred" boolean DEFAULT false NOT NULL,
	"renamed" boolean DEFAULT false NOT NULL,
	"sample" boolean DEFAULT false NOT NULL,
	"task_count" integer DEFAULT 0 NOT NULL,
	"checkpoint_count" integer DEFAULT 0 NOT NULL,
	"message_count" bigint DEFAULT 0 NOT NULL,
	"tokens_input" bigint DEFAULT 0 NOT NULL,
	"tokens_output" bigint DEFAULT 0 NOT NULL,
	"tokens_cache_read" bigint DEFAULT 0 NOT NULL,
	"tokens_cache_write" bigint DEFAULT 0 NOT NULL,
	"cost_usd" double precision DEFAULT 0 NOT NULL,
	"last_activity_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "daemons" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"version" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"heartbeat_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "daemons_name" UNIQUE("owner_id","name")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"owner_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"status" integer,
	"response" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_key" UNIQUE("owner_id","key")
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"path" text,
	"agent" text,
	"state" text DEFAULT 'queued' NOT NULL,
	"progress" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"totals" jsonb,
	"checkpoints" integer DEFAULT 0 NOT NULL,
	"notes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"contract_id" uuid,
	"task_id" uuid,
	"repository_id" uuid,
	"worktree_id" uuid,
	"daemon_id" uuid,
	"asked_by" text NOT NULL,
	"summary" text NOT NULL,
	"input" jsonb NOT NULL,
	"plan" jsonb,
	"plan_hash" text,
	"state" text DEFAULT 'queued' NOT NULL,
	"step" text DEFAULT 'planned' NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"result" jsonb,
	"error_code" text,
	"error" text,
	"undo_of" uuid,
	"undone_by" uuid,
	"fence" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "repositories" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"identity" text NOT NULL,
	"remote" text,
	"path" text NOT NULL,
	"bare" boolean DEFAULT false NOT NULL,
	"object_format" text DEFAULT 'sha1' NOT NULL,
	"packed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "repositories_identity" UNIQUE("owner_id","identity")
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"title" text NOT NULL,
	"content" jsonb NOT NULL,
	"password_hash" text,
	"views" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "shares_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "shelf_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"task_id" uuid,
	"repository_id" uuid,
	"worktree_id" uuid,
	"ref" text NOT NULL,
	"commit_sha" text NOT NULL,
	"head_segment_id" uuid,
	"head_seq" integer,
	"files" integer DEFAULT 0 NOT NULL,
	"size_bytes" bigint DEFAULT 0 NOT NULL,
	"emptied_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "task_checkpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"contract_id" uuid NOT NULL,
	"task_id" uuid NOT NULL,
	"repository_id" uuid NOT NULL,
	"worktree_id" uuid,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"commit_sha" text NOT NULL,
	"tree_sha" text NOT NULL,
	"base_head" text,
	"branch" text,
	"message" text NOT NULL,
	"files" integer DEFAULT 0 NOT NULL,
	"additions" integer DEFAULT 0 NOT NULL,
	"deletions" integer DEFAULT 0 NOT NULL,
	"not_covered" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"conversation_snapshot_id" uuid,
	"matched_by" text,
	"external_id" text,
	"verified_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "task_checkpoints_number" UNIQUE("task_id","number")
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"contract_id" uuid NOT NULL,
	"parent_task_id" uuid,
	"is_supervisor" boolean DEFAULT false NOT NULL,
	"name" text NOT NULL,
	"plan" text,
	"agent" text NOT NULL,
	"native_session_id" text,
	"native_thread" text DEFAULT '' NOT NULL,
	"repository_id" uuid,
	"worktree_id" uuid,
	"cwd" text,
	"branch" text,
	"status" text DEFAULT 'completed' NOT NULL,
	"phase" text DEFAULT 'execute' NOT NULL,
	"spawned_by_tool_id" text,
	"forked_from_task_id" uuid,
	"fork_point" jsonb,
	"continue_from_task_id" uuid,
	"head_segment_id" uuid,
	"head_seq" integer DEFAULT 0 NOT NULL,
	"models" text[] DEFAULT '{}'::text[] NOT NULL,
	"message_count" bigint DEFAULT 0 NOT NULL,
	"tool_call_count" bigint DEFAULT 0 NOT NULL,
	"tokens_input" bigint DEFAULT 0 NOT NULL,
	"tokens_output" bigint DEFAULT 0 NOT NULL,
	"tokens_cache_read" bigint DEFAULT 0 NOT NULL,
	"tokens_cache_write" bigint DEFAULT 0 NOT NULL,
	"cost_usd" double precision DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"last_activity_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "worktrees" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"repository_id" uuid NOT NULL,
	"daemon_id" uuid,
	"path" text NOT NULL,
	"branch" text,
	"kind" text DEFAULT 'main' NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conversation_snapshots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"task_id" uuid NOT NULL,
	"checkpoint_id" uuid,
	"snapshot_type" text NOT NULL,
	"segment_id" uuid,
	"seq" integer DEFAULT 0 NOT NULL,
	"message_count" bigint DEFAULT 0 NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_sources" (
	"import_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"path" text NOT NULL,
	"source_id" uuid,
	"skipped" text,
	"outcome" text,
	CONSTRAINT "import_sources_import_id_number_pk" PRIMARY KEY("import_id","number")
);
--> statement-breakpoint
CREATE TABLE "message_search" (
	"segment_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"owner_id" uuid NOT NULL,
	"part" smallint DEFAULT 0 NOT NULL,
	"document" "tsvector" NOT NULL,
	CONSTRAINT "message_search_segment_id_seq_part_pk" PRIMARY KEY("segment_id","seq","part")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"segment_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"owner_id" uuid NOT NULL,
	"role" text NOT NULL,
	"kind" text NOT NULL,
	"subtype" text,
	"text" text,
	"tool_name" text,
	"tool_input" text,
	"tool_result" text,
	"is_error" boolean,
	"duration_ms" bigint,
	"model" text,
	"tokens_input" bigint,
	"tokens_output" bigint,
	"tokens_cache_read" bigint,
	"tokens_cache_write" bigint,
	"cost_usd" double precision,
	"at" timestamp (3) with time zone,
	"native_id" text,
	"native_message_id" text,
	"native_tool_id" text,
	"source_id" uuid,
	"source_offset" bigint,
	"source_length" integer,
	"result_source_id" uuid,
	"result_offset" bigint,
	"result_length" integer,
	"truncated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "messages_segment_id_seq_pk" PRIMARY KEY("segment_id","seq")
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"task_id" uuid NOT NULL,
	"parent_segment_id" uuid,
	"parent_seq" integer DEFAULT 0 NOT NULL,
	"native_index" integer,
	"length" integer DEFAULT 0 NOT NULL,
	"created_by_operation" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transcript_chunks" (
	"source_id" uuid NOT NULL,
	"start_offset" bigint NOT NULL,
	"size" integer NOT NULL,
	"body" text,
	"raw" "bytea",
	CONSTRAINT "transcript_chunks_source_id_start_offset_pk" PRIMARY KEY("source_id","start_offset")
);
--> statement-breakpoint
CREATE TABLE "transcript_feeds" (
	"task_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"source_id" uuid NOT NULL,
	"thread" text DEFAULT '' NOT NULL,
	"from_offset" bigint NOT NULL,
	"to_offset" bigint NOT NULL,
	"options" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "transcript_feeds_task_id_number_pk" PRIMARY KEY("task_id","number")
);
--> statement-breakpoint
CREATE TABLE "transcript_sources" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"agent" text NOT NULL,
	"kind" text NOT NULL,
	"path" text NOT NULL,
	"identity" text NOT NULL,
	"native_session_id" text,
	"native_thread" text DEFAULT '' NOT NULL,
	"task_id" uuid,
	"format_version" text,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"parsed_to" bigint DEFAULT 0 NOT NULL,
	"content_hash" "bytea",
	"prefix_of" uuid,
	"replaces" uuid,
	"replaced_at" timestamp (3) with time zone,
	"report" jsonb,
	"modified_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "contracts" ADD CONSTRAINT "contracts_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_checkpoints" ADD CONSTRAINT "task_checkpoints_contract_id_contracts_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contracts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_checkpoints" ADD CONSTRAINT "task_checkpoints_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_checkpoints" ADD CONSTRAINT "task_checkpoints_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_checkpoints" ADD CONSTRAINT "task_checkpoints_worktree_id_worktrees_id_fk" FOREIGN KEY ("worktree_id") REFERENCES "public"."worktrees"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_contract_id_contracts_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contracts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_worktree_id_worktrees_id_fk" FOREIGN KEY ("worktree_id") REFERENCES "public"."worktrees"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "worktrees" ADD CONSTRAINT "worktrees_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "worktrees" ADD CONSTRAINT "worktrees_daemon_id_daemons_id_fk" FOREIGN KEY ("daemon_id") REFERENCES "public"."daemons"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation_snapshots" ADD CONSTRAINT "conversation_snapshots_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_sources" ADD CONSTRAINT "import_sources_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_sources" ADD CONSTRAINT "import_sources_source_id_transcript_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."transcript_sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transcript_feeds" ADD CONSTRAINT "transcript_feeds_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transcript_feeds" ADD CONSTRAINT "transcript_feeds_source_id_transcript_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."transcript_sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transcript_sources" ADD CONSTRAINT "transcript_sources_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contracts_by_activity" ON "contracts" USING btree ("owner_id","last_activity_at","id");--> statement-breakpoint
CREATE INDEX "contracts_by_repository" ON "contracts" USING btree ("repository_id","last_activity_at","id");--> statement-breakpoint
CREATE INDEX "imports_by_time" ON "imports" USING btree ("owner_id","created_at","id");--> statement-breakpoint
CREATE INDEX "operations_by_time" ON "operations" USING btree ("owner_id","created_at","id");--> statement-breakpoint
CREATE INDEX "operations_by_task" ON "operations" USING btree ("task_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "operations_one_running" ON "operations" USING btree ("worktree_id") WHERE "operations"."state" = 'running';--> statement-breakpoint
CREATE INDEX "shares_by_time" ON "shares" USING btree ("owner_id","created_at","id");--> statement-breakpoint
CREATE INDEX "shelf_items_by_time" ON "shelf_items" USING btree ("owner_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "shelf_items_operation" ON "shelf_items" USING btree ("operation_id","ref");--> statement-breakpoint
CREATE UNIQUE INDEX "task_checkpoints_commit" ON "task_checkpoints" USING btree ("task_id","commit_sha") WHERE "task_checkpoints"."kind" = 'commit';--> statement-breakpoint
CREATE INDEX "task_checkpoints_by_contract" ON "task_checkpoints" USING btree ("contract_id","created_at","id");--> statement-breakpoint
CREATE INDEX "task_checkpoints_by_repository" ON "task_checkpoints" USING btree ("repository_id","created_at","id");--> statement-breakpoint
CREATE INDEX "tasks_by_contract" ON "tasks" USING btree ("contract_id","created_at","id");--> statement-breakpoint
CREATE INDEX "tasks_by_parent" ON "tasks" USING btree ("parent_task_id");--> statement-breakpoint
CREATE INDEX "tasks_by_worktree" ON "tasks" USING btree ("worktree_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_native" ON "tasks" USING btree ("owner_id","agent","native_session_id","native_thread") WHERE "tasks"."native_session_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "worktrees_path" ON "worktrees" USING btree ("owner_id","path") WHERE "worktrees"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "conversation_snapshots_by_task" ON "conversation_snapshots" USING btree ("task_id","created_at");--> statement-breakpoint
CREATE INDEX "message_search_document" ON "message_search" USING gin ("document");--> statement-breakpoint
CREATE INDEX "messages_prompts" ON "messages" USING btree ("native_id") WHERE "messages"."kind" in ('prompt', 'command');--> statement-breakpoint
CREATE INDEX "messages_prompt_times" ON "messages" USING btree ("segment_id","at") WHERE "messages"."kind" in ('prompt', 'command');--> statement-breakpoint
CREATE INDEX "segments_by_task" ON "segments" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "segments_by_parent" ON "segments" USING btree ("parent_segment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "transcript_sources_path" ON "transcript_sources" USING btree ("owner_id","kind","path") WHERE "transcript_sources"."replaced_at" is null;--> statement-breakpoint
CREATE INDEX "transcript_sources_by_task" ON "transcript_sources" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "transcript_sources_by_session" ON "transcript_sources" USING btree ("owner_id","native_session_id");--> statement-breakpoint
CREATE INDEX "transcript_sources_by_time" ON "transcript_sources" USING btree ("owner_id","created_at","id");