CREATE TABLE "share_pages" (
	"share_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"messages" jsonb NOT NULL,
	CONSTRAINT "share_pages_share_id_number_pk" PRIMARY KEY("share_id","number")
);
--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "contract_id" uuid;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "task_id" uuid;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "messages" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "pages" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "failed_tries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "failed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "shares" ADD COLUMN "last_viewed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "share_pages" ADD CONSTRAINT "share_pages_share_id_shares_id_fk" FOREIGN KEY ("share_id") REFERENCES "public"."shares"("id") ON DELETE cascade ON UPDATE no action;