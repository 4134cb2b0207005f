target triple = "bpfel"

@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define dso_local i32 @match(ptr %v0) #0 section "socket" {
entry.0:
  %v9 = alloca [4 x i8], align 8
  br label %body.1
body.1:
  %v1 = getelementptr i8, ptr %v0, i64 16
  %v2 = load i32, ptr %v1, align 4
  %v3 = zext i32 %v2 to i64
  %v4 = icmp eq i64 %v3, 8
  br i1 %v4, label %yes.2, label %no.3
yes.2:
  %v5 = load i32, ptr %v0, align 4
  %v6 = zext i32 %v5 to i64
  br label %join.4
no.3:
  br label %join.4
join.4:
  %v7 = phi i64 [ %v6, %yes.2 ], [ 0, %no.3 ]
  %v8 = trunc i64 %v7 to i32
  store i32 %v8, ptr %v9, align 4
  br label %return.5
return.5:
  %v10 = load i32, ptr %v9, align 4
  ret i32 %v10
}

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
