target triple = "bpfel"

@parents = dso_local global [32 x i8] zeroinitializer, section ".maps", align 8
@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define dso_local i32 @onExec(ptr %v0) #0 section "raw_tp/sched_process_exec" {
entry.0:
  %v3 = alloca [8 x i8], align 8
  %v23 = alloca [4 x i8], align 8
  %v53 = alloca [4 x i8], align 8
  %v77 = alloca [4 x i8], align 8
  br label %body.1
body.1:
  %v1 = load i64, ptr %v0, align 8
  %v2 = inttoptr i64 %v1 to ptr
  store i64 0, ptr %v3, align 8
  %v4 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v5 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v4, i64 1)
  %v6 = zext i32 %v5 to i64
  %v7 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v8 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v7, i64 0)
  %v9 = zext i32 %v8 to i64
  %v10 = getelementptr i8, ptr %v2, i64 %v9
  %v11 = call i64 inttoptr (i64 113 to ptr)(ptr %v3, i64 %v6, ptr %v10)
  %v12 = load i64, ptr %v3, align 8
  %v13 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v14 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v13, i64 4)
  %v15 = zext i32 %v14 to i64
  %v16 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v17 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v16, i64 5)
  %v18 = zext i32 %v17 to i64
  %v19 = shl i64 %v12, %v15
  %v20 = ashr i64 %v19, %v18
  %v21 = trunc i64 %v20 to i32
  %v22 = sext i32 %v21 to i64
  %v24 = trunc i64 %v22 to i32
  %v25 = zext i32 %v24 to i64
  %v26 = trunc i64 %v25 to i32
  store i32 %v26, ptr %v23, align 4
  %v27 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 1, i32 1), !llvm.preserve.access.index !4
  %v28 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v27, i64 0)
  %v29 = zext i32 %v28 to i64
  %v30 = getelementptr i8, ptr %v2, i64 %v29
  %v31 = call i64 inttoptr (i64 113 to ptr)(ptr %v3, i64 8, ptr %v30)
  %v32 = load i64, ptr %v3, align 8
  %v33 = inttoptr i64 %v32 to ptr
  store i64 0, ptr %v3, align 8
  %v34 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v35 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v34, i64 1)
  %v36 = zext i32 %v35 to i64
  %v37 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v38 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v37, i64 0)
  %v39 = zext i32 %v38 to i64
  %v40 = getelementptr i8, ptr %v33, i64 %v39
  %v41 = call i64 inttoptr (i64 113 to ptr)(ptr %v3, i64 %v36, ptr %v40)
  %v42 = load i64, ptr %v3, align 8
  %v43 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v44 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v43, i64 4)
  %v45 = zext i32 %v44 to i64
  %v46 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !4
  %v47 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v46, i64 5)
  %v48 = zext i32 %v47 to i64
  %v49 = shl i64 %v42, %v45
  %v50 = ashr i64 %v49, %v48
  %v51 = trunc i64 %v50 to i32
  %v52 = sext i32 %v51 to i64
  %v54 = trunc i64 %v52 to i32
  %v55 = zext i32 %v54 to i64
  %v56 = trunc i64 %v55 to i32
  store i32 %v56, ptr %v53, align 4
  %v57 = call i64 inttoptr (i64 2 to ptr)(ptr @parents, ptr %v23, ptr %v53, i64 0)
  store i64 0, ptr %v3, align 8
  %v58 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 2, i32 2), !llvm.preserve.access.index !4
  %v59 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v58, i64 1)
  %v60 = zext i32 %v59 to i64
  %v61 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 2, i32 2), !llvm.preserve.access.index !4
  %v62 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v61, i64 0)
  %v63 = zext i32 %v62 to i64
  %v64 = getelementptr i8, ptr %v2, i64 %v63
  %v65 = call i64 inttoptr (i64 113 to ptr)(ptr %v3, i64 %v60, ptr %v64)
  %v66 = load i64, ptr %v3, align 8
  %v67 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 2, i32 2), !llvm.preserve.access.index !4
  %v68 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v67, i64 4)
  %v69 = zext i32 %v68 to i64
  %v70 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 2, i32 2), !llvm.preserve.access.index !4
  %v71 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v70, i64 5)
  %v72 = zext i32 %v71 to i64
  %v73 = shl i64 %v66, %v69
  %v74 = lshr i64 %v73, %v72
  %v75 = and i64 %v74, 1
  %v76 = icmp ne i64 %v75, 0
  br i1 %v76, label %then.2, label %end.3
then.2:
  store i32 1, ptr %v77, align 4
  br label %return.4
end.3:
  %v78 = call i64 inttoptr (i64 35 to ptr)()
  %v79 = inttoptr i64 %v78 to ptr
  %v80 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 3, i32 3), !llvm.preserve.access.index !4
  %v81 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v80, i64 0)
  %v82 = zext i32 %v81 to i64
  %v83 = getelementptr i8, ptr %v79, i64 %v82
  %v84 = call i64 inttoptr (i64 113 to ptr)(ptr %v3, i64 8, ptr %v83)
  %v85 = load i64, ptr %v3, align 8
  %v86 = inttoptr i64 %v85 to ptr
  store i64 0, ptr %v3, align 8
  %v87 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 1, i32 1), !llvm.preserve.access.index !13
  %v88 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v87, i64 1)
  %v89 = zext i32 %v88 to i64
  %v90 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 1, i32 1), !llvm.preserve.access.index !13
  %v91 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v90, i64 0)
  %v92 = zext i32 %v91 to i64
  %v93 = getelementptr i8, ptr %v86, i64 %v92
  %v94 = call i64 inttoptr (i64 113 to ptr)(ptr %v3, i64 %v89, ptr %v93)
  %v95 = load i64, ptr %v3, align 8
  %v96 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 1, i32 1), !llvm.preserve.access.index !13
  %v97 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v96, i64 4)
  %v98 = zext i32 %v97 to i64
  %v99 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 1, i32 1), !llvm.preserve.access.index !13
  %v100 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v99, i64 5)
  %v101 = zext i32 %v100 to i64
  %v102 = shl i64 %v95, %v98
  %v103 = lshr i64 %v102, %v101
  %v104 = trunc i64 %v103 to i32
  %v105 = zext i32 %v104 to i64
  %v106 = icmp ult i64 %v105, 4
  br i1 %v106, label %index.5, label %default.6
index.5:
  %v107 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !13
  %v108 = call ptr @llvm.preserve.array.access.index.p0.p0(ptr elementtype([1 x i64]) %v107, i32 1, i32 0), !llvm.preserve.access.index !14
  %v109 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v108, i64 1)
  %v110 = zext i32 %v109 to i64
  %v111 = mul i64 %v105, %v110
  %v112 = getelementptr i8, ptr %v86, i64 %v111
  store i64 0, ptr %v3, align 8
  %v113 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !13
  %v114 = call ptr @llvm.preserve.array.access.index.p0.p0(ptr elementtype([1 x i64]) %v113, i32 1, i32 0), !llvm.preserve.access.index !14
  %v115 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) %v114, i32 0, i32 0), !llvm.preserve.access.index !16
  %v116 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v115, i64 1)
  %v117 = zext i32 %v116 to i64
  %v118 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !13
  %v119 = call ptr @llvm.preserve.array.access.index.p0.p0(ptr elementtype([1 x i64]) %v118, i32 1, i32 0), !llvm.preserve.access.index !14
  %v120 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) %v119, i32 0, i32 0), !llvm.preserve.access.index !16
  %v121 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v120, i64 0)
  %v122 = zext i32 %v121 to i64
  %v123 = getelementptr i8, ptr %v112, i64 %v122
  %v124 = call i64 inttoptr (i64 113 to ptr)(ptr %v3, i64 %v117, ptr %v123)
  %v125 = load i64, ptr %v3, align 8
  %v126 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !13
  %v127 = call ptr @llvm.preserve.array.access.index.p0.p0(ptr elementtype([1 x i64]) %v126, i32 1, i32 0), !llvm.preserve.access.index !14
  %v128 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) %v127, i32 0, i32 0), !llvm.preserve.access.index !16
  %v129 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v128, i64 4)
  %v130 = zext i32 %v129 to i64
  %v131 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) null, i32 0, i32 0), !llvm.preserve.access.index !13
  %v132 = call ptr @llvm.preserve.array.access.index.p0.p0(ptr elementtype([1 x i64]) %v131, i32 1, i32 0), !llvm.preserve.access.index !14
  %v133 = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype([1 x i64]) %v132, i32 0, i32 0), !llvm.preserve.access.index !16
  %v134 = call i32 @llvm.bpf.preserve.field.info.p0(ptr %v133, i64 5)
  %v135 = zext i32 %v134 to i64
  %v136 = shl i64 %v125, %v130
  %v137 = ashr i64 %v136, %v135
  %v138 = trunc i64 %v137 to i32
  %v139 = sext i32 %v138 to i64
  %v140 = trunc i64 %v139 to i32
  store i32 %v140, ptr %v77, align 4
  br label %return.4
default.6:
  store i32 0, ptr %v77, align 4
  br label %return.4
return.4:
  %v141 = load i32, ptr %v77, align 4
  ret i32 %v141
}

declare i32 @llvm.bpf.preserve.field.info.p0(ptr, i64 immarg)
declare ptr @llvm.preserve.struct.access.index.p0.p0(ptr, i32 immarg, i32 immarg)
declare ptr @llvm.preserve.array.access.index.p0.p0(ptr, i32 immarg, i32 immarg)

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
